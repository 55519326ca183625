/** What a spike leaves behind, in processes of their own; bench/spike.ts prints the figures. */
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BusyGuard, SlabPool } from '@plateau/memory';
import { describe, expect, test } from 'vitest';
import { defaults } from '../../src/runtime/defaults.ts';
import { Upkeep } from '../../src/runtime/upkeep.ts';
import { KnownAnswerFolder } from '../support/known-answer-files.ts';

const script = fileURLToPath(new URL('../support/spike-run.ts', import.meta.url));

interface Spike {
  readonly baselineBytes: number;
  readonly peakBytes: number;
  readonly afterBytes: number;
}

function spike(settings: 'shipped' | 'plain'): Spike {
  using models = new KnownAnswerFolder();
  // Prototypes as large as the input: 13 MB at 320², 267 MB at 1080p.
  const model = models.write({ dynamic: true, stride: 1, height: 320, width: 320, maskChannels: 32 });
  const said = execFileSync(process.execPath, ['--conditions=source', script, model, settings], {
    env: { ...process.env, NODE_OPTIONS: '', MALLOC_ARENA_MAX: '2' },
  });
  return JSON.parse(String(said)) as Spike;
}

describe.skipIf(process.platform !== 'linux')(
  'two seconds after a spike from 320² to 1080p and back',
  {
    timeout: 180_000,
  },
  () => {
    test('resident memory is back within 15 % of what it was', () => {
      const { baselineBytes, afterBytes } = spike('shipped');
      expect(afterBytes).toBeLessThan(1.15 * baselineBytes);
    });

    test('with the runtime’s own arena it is not: the same run keeps what the spike took', () => {
      const { baselineBytes, afterBytes } = spike('plain');
      expect(afterBytes).toBeGreaterThan(baselineBytes + 200e6);
    });
  },
);

test('a reclaiming that two have asked for is counted once', async () => {
  using slabs = new SlabPool();
  const guard = BusyGuard.create();
  using _inference = guard.enter();
  const upkeep = await Upkeep.start(slabs, guard);
  for (let frame = 0; frame < 2 * defaults.cleanupFrames; frame += 1) upkeep.frameDone();
  while (upkeep.counters.busy === 0) await pause(1);
  await pause(1);
  // Slabs, collector and malloc, each put off once.
  expect(upkeep.counters).toMatchObject({ periodic: 2, busy: expect.toSatisfy((busy: number) => busy <= 3) });
});
