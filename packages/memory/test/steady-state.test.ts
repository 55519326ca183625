/** Point 1 of the core: in the steady state nothing grows, almost nothing is allocated, and nothing is collected. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { SteadyState } from './threads/steady-line.ts';

test('five times 10,000 frames after the warm-up: no buffer grows, at most 200 B of heap a frame, and no full collection', async () => {
  const path = fileURLToPath(new URL('./threads/steady-line.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', path]);
  const outcome = JSON.parse(stdout) as SteadyState;
  expect(outcome).toMatchObject({ fullCollections: 0, allocations: 1 });
  expect(outcome.bufferGrowthBytes).toBeLessThanOrEqual(0);
  expect(outcome.heapBytesPerFrame).toBeLessThanOrEqual(200);
}, 60_000);
