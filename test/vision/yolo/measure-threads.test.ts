import { ledger } from '@plateau/memory';
import { expect, test } from 'vitest';
import { measureThreads } from '../../../src/vision/yolo/measure-threads.ts';
import { KnownAnswerFolder } from '../../support/known-answer-files.ts';

test('threads are chosen by trying, within the CPUs allowed, and nothing stays open', async () => {
  using folder = new KnownAnswerFolder();
  const model = folder.write({ height: 64, width: 64 });
  const { threads, timings } = await measureThreads(model, {}, 2);
  expect([1, 2]).toContain(threads);
  expect(timings.map((timing) => timing.threads)).toEqual([1, 2]);
  expect(timings.every(({ milliseconds }) => milliseconds > 0)).toBe(true);
  expect((await measureThreads(model, {}, 1)).timings).toHaveLength(1);
  expect(ledger.bytesOf('OnnxSession')).toBe(0);
});
