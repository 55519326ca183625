import { PlateauError } from '../../errors.ts';
import type { Device } from './model-description.ts';
import type { OnnxFacts } from './onnx-facts.ts';
import { OnnxSession, supportedDevices } from './onnx-session.ts';
import type { YoloOptions } from './yolo-options.ts';

/** From this size of input on the arena spares more CPU time than it costs memory (docs/decisions/0005). */
const arenaPixels = 200_000;

export interface OpenedSession {
  readonly session: OnnxSession;
  readonly device: Device;
  readonly threads: number;
}

/**
 * Opens a session on the wanted device. Owner: the caller.
 * @throws PlateauError ERR_MODEL_INVALID, ERR_DEVICE_UNAVAILABLE, ERR_BUDGET_EXCEEDED, ERR_CAP_UNAVAILABLE, RangeError for a thread count or limit that is none
 */
export async function openSession(
  path: string,
  facts: OnnxFacts,
  options: YoloOptions,
): Promise<OpenedSession> {
  const {
    device = 'auto',
    threads = 1,
    memoryArena = facts.inputPixels >= arenaPixels,
    memoryLimitBytes,
  } = options;
  if (!Number.isInteger(threads) || threads < 1)
    throw new RangeError(`threads is ${threads}, not a whole number from 1`);
  // To the runtime a limit of 0 is none.
  if (memoryLimitBytes !== undefined && !(Number.isSafeInteger(memoryLimitBytes) && memoryLimitBytes > 0))
    throw new RangeError(`memoryLimitBytes is ${memoryLimitBytes}, not a whole number from 1`);
  const open = async (on: Device): Promise<OpenedSession> => ({
    session: await OnnxSession.open(path, { device: on, threads, memoryArena, memoryLimitBytes }),
    device: on,
    threads,
  });
  const installed = supportedDevices();
  if (device === 'auto') return open(installed.includes('cuda') ? 'cuda' : 'cpu');
  if (!installed.includes(device)) {
    throw new PlateauError(
      'ERR_DEVICE_UNAVAILABLE',
      `The installed ONNX Runtime has no provider for ${device}; there are ${installed.join(' and ')}: choose one of these with --device (model.device).`,
    );
  }
  return open(device);
}
