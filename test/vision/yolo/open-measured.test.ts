import { ledger } from '@plateau/memory';
import { expect, test } from 'vitest';
import { openMeasured } from '../../../src/vision/yolo/open-measured.ts';
import { KnownAnswerFolder } from '../../support/known-answer-files.ts';

const small = { height: 64, width: 64 };

test('threads are chosen by trying, within the CPUs allowed, and only the winner stays open', async () => {
  using folder = new KnownAnswerFolder();
  const before = ledger.bytesOf('OnnxSession');
  {
    const { yolo, timings, untried } = await openMeasured(folder.write(small), {}, 2);
    await using _open = yolo;
    expect(untried).toBeNull();
    expect(timings.map(({ threads }) => threads)).toEqual([1, 2]);
    expect(timings.every(({ milliseconds }) => milliseconds > 0)).toBe(true);
    expect([1, 2]).toContain(yolo.model.threads);
    expect(ledger.bytesOf('OnnxSession') - before).toBe(yolo.model.byteLength);
  }
  expect(ledger.bytesOf('OnnxSession')).toBe(before);
});

test('a model that takes long is tried as well: it is the one that is worth more threads', async () => {
  using folder = new KnownAnswerFolder();
  const { yolo, timings } = await openMeasured(folder.write({ height: 1280, width: 1280 }), {}, 2);
  await using _open = yolo;
  expect(timings.map(({ threads }) => threads)).toEqual([1, 2]);
});

test.each([
  ['with one CPU', {}, 1, /one CPU/],
  ['under a cap on memory', { memoryLimitBytes: 2 ** 28 }, 8, /capped/],
])('%s nothing is tried, one thread runs, and the reason is told', async (_, options, allowed, reason) => {
  using folder = new KnownAnswerFolder();
  const { yolo, timings, untried } = await openMeasured(folder.write(small), options, allowed);
  await using _open = yolo;
  expect(timings).toEqual([]);
  expect(untried).toMatch(reason);
  expect(yolo.model.threads).toBe(1);
});

test('a model that cannot be used is refused as without measuring, and nothing stays open', async () => {
  const before = ledger.liveCount;
  await expect(openMeasured('/absent.onnx', {}, 2)).rejects.toMatchObject({
    code: 'ERR_MODEL_MISSING',
  });
  expect(ledger.liveCount).toBe(before);
});
