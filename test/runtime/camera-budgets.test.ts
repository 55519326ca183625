import { Ledger, SlabPool } from '@plateau/memory';
import { expect, test } from 'vitest';
import { CameraBudgets } from '../../src/runtime/camera-budgets.ts';
import { decoderBytes } from '../../src/runtime/memory-forecast.ts';
import type { SourceInfo } from '../../src/runtime/thread-protocol.ts';

const megabyte = 2 ** 20;
const info = (width: number, height: number): SourceInfo => ({
  codec: 'h264',
  width,
  height,
  rotationDegrees: 0,
  frameRate: 10,
  durationSeconds: undefined,
  frameCountEstimate: undefined,
  live: true,
});

test('a decoder counts against its camera and the whole, anew when the size changes, and no more when it goes', () => {
  const budgets = new CameraBudgets(undefined, () => undefined);
  budgets.add(1, 'belt', undefined);
  budgets.opened(1, info(640, 480));
  expect(budgets.status.whole.usedBytes).toBe(decoderBytes(640, 480));
  budgets.opened(1, info(1280, 720));
  expect(budgets.status.cameras.belt).toMatchObject({ limitBytes: null, usedBytes: decoderBytes(1280, 720) });
  budgets.remove(1);
  expect(budgets.status).toMatchObject({ whole: { usedBytes: 0, refused: 0 }, cameras: {} });
});

test('a decoder that passes its camera’s budget is refused by name, and the other camera keeps its own', () => {
  const budgets = new CameraBudgets(undefined, () => undefined);
  budgets.add(1, 'small', 16 * megabyte);
  budgets.add(2, 'free', undefined);
  budgets.opened(2, info(640, 480));
  expect(() => budgets.opened(1, info(1920, 1080))).toThrow(
    expect.objectContaining({ code: 'ERR_BUDGET_EXCEEDED', message: expect.stringContaining('"small"') }),
  );
  expect(budgets.status.cameras).toMatchObject({
    small: { usedBytes: 0, refused: 1 },
    free: { usedBytes: decoderBytes(640, 480), refused: 0 },
  });
});

test('pictures for people are given up first, and the alarm path gets their bytes', () => {
  const givenUp: number[] = [];
  const decoder = decoderBytes(640, 480);
  const budgets = new CameraBudgets(2.15 * decoder, (camera) => givenUp.push(camera));
  budgets.add(1, 'one', undefined);
  budgets.add(2, 'two', undefined);
  budgets.opened(1, info(640, 480));
  expect(budgets.wantPicture(1)).toBe(true);
  // Asked again while it is on its way: the same one.
  expect(budgets.wantPicture(1)).toBe(true);
  const withPicture = budgets.status.whole.usedBytes;
  expect(withPicture).toBeGreaterThan(decoder + megabyte);
  budgets.opened(2, info(640, 480));
  expect(givenUp).toEqual([1]);
  expect(budgets.status.whole).toMatchObject({
    usedBytes: 2 * decoder,
    sacrifices: { 'pictures for people': 1 },
  });
});

test('what is kept for alarms is not to be had for pictures', () => {
  const decoder = decoderBytes(640, 480);
  const budgets = new CameraBudgets(decoder * 1.1, () => undefined);
  budgets.add(1, 'one', undefined);
  budgets.opened(1, info(640, 480));
  expect(budgets.wantPicture(1)).toBe(false);
  expect(budgets.status.whole).toMatchObject({ usedBytes: decoder, refused: 1 });
});

test('rings count against their camera by way of the slab pool', () => {
  const budgets = new CameraBudgets(undefined, () => undefined);
  budgets.add(1, 'belt', megabyte);
  using slabs = new SlabPool({
    ledger: new Ledger({ clock: () => 0, thread: 'test' }),
    budget: budgets.whole,
  });
  using _slab = slabs.lease(100_000, { camera: 'belt', alarmPath: true });
  expect(budgets.status.cameras.belt.usedBytes).toBeGreaterThanOrEqual(100_000);
  expect(() => slabs.lease(megabyte, { camera: 'belt', alarmPath: true })).toThrow(/belt/);
});

test('a camera that comes again under its old name keeps its budget when the old one has let go', () => {
  const budgets = new CameraBudgets(undefined, () => undefined);
  budgets.add(1, 'belt', megabyte);
  budgets.add(2, 'belt', megabyte);
  budgets.remove(1);
  expect(Object.keys(budgets.status.cameras)).toEqual(['belt']);
  budgets.remove(2);
  expect(budgets.status.cameras).toEqual({});
});
