import { ledger } from '@plateau/memory';
import { expect, test } from 'vitest';
import { openMeasured } from '../../../src/vision/yolo/open-measured.ts';
import { KnownAnswerFolder } from '../../support/known-answer-files.ts';

const small = { height: 64, width: 64 };
const unhurried = { allowed: 2, budgetMilliseconds: 60_000 };

test('threads are chosen by trying, within the CPUs allowed, and only the winner stays open', async () => {
  using folder = new KnownAnswerFolder();
  const before = ledger.bytesOf('OnnxSession');
  {
    const { yolo, timings } = await openMeasured(folder.write(small), {}, unhurried);
    await using _open = yolo;
    expect(timings.map(({ threads }) => threads)).toEqual([1, 2]);
    expect(timings.every(({ milliseconds }) => milliseconds > 0)).toBe(true);
    expect([1, 2]).toContain(yolo.model.threads);
    expect(ledger.bytesOf('OnnxSession') - before).toBe(yolo.model.byteLength);
  }
  expect(ledger.bytesOf('OnnxSession')).toBe(before);
});

test.each([
  ['with one CPU', {}, { allowed: 1 }],
  ['when the time is up before it begins', {}, { allowed: 8, budgetMilliseconds: 0 }],
])('%s nothing is tried, and one thread runs', async (_, options, choice) => {
  using folder = new KnownAnswerFolder();
  const { yolo, timings } = await openMeasured(folder.write(small), options, choice);
  await using _open = yolo;
  expect(timings).toEqual([]);
  expect(yolo.model.threads).toBe(1);
});

test('a model that cannot be used is refused as without measuring, and nothing stays open', async () => {
  const before = ledger.liveCount;
  await expect(openMeasured('/absent.onnx', {}, unhurried)).rejects.toMatchObject({
    code: 'ERR_MODEL_MISSING',
  });
  expect(ledger.liveCount).toBe(before);
});
