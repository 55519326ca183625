/** A model switched by reload again and again (C38), and two shapes on a model of open size (C24): memory stays. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Yolo } from '../../../src/vision/yolo/yolo.ts';
import { KnownAnswerFolder } from '../../support/known-answer-files.ts';

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

test('C38: opened, run and closed again and again, memory stays', () => {
  using folder = new KnownAnswerFolder();
  // Weights of 10 MB, so that models that stayed would be seen.
  const models = [
    folder.write({ externalData: 'a.data', classes: 80, anchors: 21_000 }),
    folder.write({ layout: 'transposed' }),
  ];
  const script = fileURLToPath(new URL('./reopen-models.ts', import.meta.url));
  // In a process of its own and with two malloc arenas, as the application runs: with eight, fragments hide the answer.
  const printed = execFileSync(
    process.execPath,
    ['--expose-gc', '--conditions=source', script, '100', ...models],
    {
      env: { ...process.env, MALLOC_ARENA_MAX: '2' },
      encoding: 'utf8',
    },
  );
  const resident = JSON.parse(printed) as number[];
  const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  // Freed blocks of 10 MB come and go from malloc's own store; one model in five that stayed would be 100 MB more.
  expect(middle(resident.slice(7))).toBeLessThan(1.25 * middle(resident.slice(2, 5)));
});

test('C24: five hundred pictures of two aspects take no more than 5 % above those of one', async () => {
  using folder = new KnownAnswerFolder();
  await using yolo = await Yolo.open(folder.write({ dynamic: true }));
  const inputs = [yolo.inputSizeFor(640, 480), yolo.inputSizeFor(480, 640)].map((size) =>
    yolo.bindInput(new Float32Array(new SharedArrayBuffer(12 * size[0] * size[1])), size),
  );
  const run = async (count: number, shapes: number): Promise<number> => {
    for (let picture = 0; picture < count; picture++) {
      using output = await yolo.run(inputs[picture % shapes]!);
      expect(output.inputHeight).toBe(picture % shapes === 0 ? 256 : 320);
    }
    return residentBytes();
  };
  const one = await run(250, 1);
  expect(await run(500, 2)).toBeLessThan(1.05 * one);
  expect(yolo.outputs.made).toBe(yolo.outputs.released);
});
