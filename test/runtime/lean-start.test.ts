import { ResidentPages } from '@plateau/memory';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LeanStart } from '../../src/runtime/lean-start.ts';

const isAble = (await ResidentPages.find()) !== undefined;

/** What is asked of the real pages, in order: `watch 20` looks every 20 ms. */
let asked: string[];

beforeEach(() => {
  asked = [];
  vi.useFakeTimers();
  for (const name of ['loading', 'loaded', 'watch', Symbol.dispose] as const) {
    const original = ResidentPages.prototype[name] as (...given: number[]) => void;
    vi.spyOn(ResidentPages.prototype, name).mockImplementation(function (
      this: ResidentPages,
      ...given: number[]
    ) {
      asked.push([String(name), ...given.slice(0, 1)].join(' '));
      original.apply(this, given);
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const closely = ['loading', 'watch 20'];
const settled = [...closely, 'loaded', 'watch 30000'];

test.skipIf(!isAble)(
  'a start is over after three decisions of each camera, and is over once only',
  async () => {
    using start = await LeanStart.begin(true);
    start.loaded();
    for (let decision = 1; decision < 6; decision += 1) start.decided(2);
    expect(asked).toEqual([...closely, 'loaded']);
    for (let decision = 6; decision < 20; decision += 1) start.decided(2);
    vi.advanceTimersByTime(20_000);
    expect(asked).toEqual(settled);
  },
);

test.skipIf(!isAble)('without decisions a start is over after five seconds', async () => {
  using start = await LeanStart.begin(true);
  start.loaded();
  vi.advanceTimersByTime(4999);
  expect(asked).toEqual([...closely, 'loaded']);
  vi.advanceTimersByTime(1);
  expect(asked).toEqual(settled);
});

test.skipIf(!isAble)('decisions before the model is loaded count for nothing', async () => {
  using start = await LeanStart.begin(true);
  for (let decision = 0; decision < 9; decision += 1) start.decided(1);
  start.loaded();
  start.decided(1);
  start.decided(1);
  expect(asked).toEqual([...closely, 'loaded']);
  start.decided(1);
  expect(asked).toEqual(settled);
});

test.skipIf(!isAble)('what is stopped during its start never watches again', async () => {
  const start = await LeanStart.begin(true);
  start.loaded();
  start[Symbol.dispose]();
  for (let decision = 0; decision < 9; decision += 1) start.decided(1);
  vi.advanceTimersByTime(60_000);
  expect(asked).toEqual([...closely, 'loaded', 'Symbol(Symbol.dispose)']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a start that is not lean leaves memory to the system', async () => {
  using start = await LeanStart.begin(false);
  start.loaded();
  for (let decision = 0; decision < 9; decision += 1) start.decided(1);
  vi.advanceTimersByTime(60_000);
  expect(asked).toEqual([]);
});
