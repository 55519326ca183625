/** What one call costs in memory: the document's `@profile`, with the exact bytes instead of samples. */
import { CallMeter, type CallProfile } from './call-meter.ts';
import { collectAndFinalize } from './collector.ts';

/**
 * Runs something once, between two collections. Nothing else should run in this thread meanwhile: its memory would count
 * as well.
 * @throws What the function throws.
 */
export async function profile<T>(
  run: () => T | Promise<T>,
  name: string = run.name,
): Promise<{ result: Awaited<T>; profile: CallProfile }> {
  await settle();
  const meter = new CallMeter();
  let result: Awaited<T>;
  let found: ReturnType<CallMeter['end']>;
  try {
    result = await run();
  } finally {
    found = meter.end();
  }
  await settle();
  return { result, profile: found(name) };
}

/** Twice, since what finalizers let go is garbage only then. */
async function settle(): Promise<void> {
  await collectAndFinalize();
  await collectAndFinalize();
}
