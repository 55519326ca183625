import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatestQueue, UseAfterDisposeError } from '../src/index.ts';
import { below, randomFrom } from './random.ts';

class Item implements Disposable {
  readonly number: number;
  disposals = 0;

  constructor(number: number) {
    this.number = number;
  }

  [Symbol.dispose](): void {
    this.disposals += 1;
  }
}

test('the queue behaves as its model over random schedules', () => {
  const action = fc.constantFrom('push', 'take', 'takeNewest');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(action, { maxLength: 60 }), (capacity, actions) => {
      using queue = new LatestQueue<Item>(capacity);
      const made: Item[] = [];
      let model: Item[] = [];
      let dropped = 0;
      let consumed = 0;
      for (const one of actions) {
        if (one === 'push') {
          const item = new Item(made.length);
          made.push(item);
          queue.push(item);
          model.push(item);
          if (model.length > capacity) {
            dropped += 1;
            model = model.slice(1);
          }
        } else {
          if (one === 'takeNewest' && model.length > 1) {
            dropped += model.length - 1;
            model = model.slice(-1);
          }
          const expected = model.shift();
          if (expected !== undefined) consumed += 1;
          expect(one === 'take' ? queue.take() : queue.takeNewest()).toBe(expected);
        }
        expect(queue.counters).toEqual({ produced: made.length, consumed, dropped, queued: model.length });
      }
      expect(made.filter((item) => item.disposals === 1)).toHaveLength(dropped);
      expect(made.every((item) => item.disposals <= 1)).toBe(true);
    }),
  );
});

test('over a million random schedules produced = consumed + dropped + queued, the newest wins, nothing leaks', () => {
  const random = randomFrom(20261125);
  for (let schedule = 0; schedule < 1_000_000; schedule += 1) {
    const queue = new LatestQueue<Item>(1 + below(random, 3));
    const steps = 1 + below(random, 8);
    let newest: Item | undefined;
    let live = 0;
    const made: Item[] = [];
    for (let step = 0; step < steps; step += 1) {
      const choice = below(random, 3);
      if (choice < 2) {
        newest = new Item(step);
        made.push(newest);
        queue.push(newest);
      } else {
        const hadSome = queue.counters.queued > 0;
        const taken = queue.takeNewest();
        if (hadSome !== (taken !== undefined) || (hadSome && taken !== newest))
          expect.fail('the newest did not win');
        if (taken !== undefined) live += 1;
      }
    }
    const { produced, consumed, dropped, queued } = queue.counters;
    queue[Symbol.dispose]();
    const alive = made.filter((item) => item.disposals === 0).length;
    const isSound = produced === consumed + dropped + queued && alive === live && live === consumed;
    if (!isSound || made.some((item) => item.disposals > 1))
      expect.fail(`schedule ${schedule} does not add up`);
  }
}, 60_000);

test('an item pushed into a queue that is gone is disposed of, and the push throws', () => {
  const queue = new LatestQueue<Item>();
  queue[Symbol.dispose]();
  const item = new Item(0);
  expect(() => queue.push(item)).toThrow(UseAfterDisposeError);
  expect(item.disposals).toBe(1);
  expect(queue.counters).toEqual({ produced: 1, consumed: 0, dropped: 1, queued: 0 });
});

test('an item whose disposal throws does not keep the newer one out', () => {
  const stubborn = {
    [Symbol.dispose](): void {
      throw new Error('stubborn');
    },
  };
  using queue = new LatestQueue<Disposable>(1);
  queue.push(stubborn);
  const item = new Item(1);
  expect(() => queue.push(item)).toThrow('stubborn');
  expect(queue.take()).toBe(item);
});

test('disposing of the queue disposes of all that is queued although one of them throws', () => {
  const queue = new LatestQueue<Disposable>(3);
  const items = [new Item(0), new Item(1)];
  queue.push(items[0] as Item);
  queue.push({
    [Symbol.dispose](): void {
      throw new Error('stubborn');
    },
  });
  queue.push(items[1] as Item);
  expect(() => queue[Symbol.dispose]()).toThrow('stubborn');
  expect(items.map((item) => item.disposals)).toEqual([1, 1]);
  queue[Symbol.dispose]();
  expect(items.map((item) => item.disposals)).toEqual([1, 1]);
});

test.each([0, -1, 1.5, Number.NaN])('a capacity of %s is refused', (capacity) => {
  expect(() => new LatestQueue(capacity)).toThrow(RangeError);
});
