import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BudgetExceededError, Ledger, MemoryBudget, type Reservation, SlabPool } from '../src/index.ts';

test('over random schedules no budget is passed, and what is used is what is reserved', () => {
  const step = fc.record({
    do: fc.constantFrom('reserve', 'reserve', 'release', 'releaseAgain'),
    camera: fc.constantFrom('belt-1', 'belt-2', undefined),
    bytes: fc.nat(60),
    alarmPath: fc.boolean(),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const whole = new MemoryBudget('the whole', 150, { alarmReserveBytes: 20 });
      const cameras = { 'belt-1': whole.addCamera('belt-1', 100), 'belt-2': whole.addCamera('belt-2', 80) };
      const held: { reservation: Reservation; camera: string | undefined; bytes: number }[] = [];
      const released: Reservation[] = [];
      for (const { do: what, camera, bytes, alarmPath, pick } of steps) {
        if (what === 'reserve') {
          try {
            held.push({ reservation: whole.forCamera(camera).reserve(bytes, { alarmPath }), camera, bytes });
          } catch (error) {
            expect(error).toBeInstanceOf(BudgetExceededError);
          }
        } else if (what === 'release') {
          const [gone] = held.splice(pick % Math.max(1, held.length), 1);
          gone?.reservation[Symbol.dispose]();
          if (gone !== undefined) released.push(gone.reservation);
        } else {
          released[pick % Math.max(1, released.length)]?.[Symbol.dispose]();
        }
        const sum = (of: typeof held): number => of.reduce((total, one) => total + one.bytes, 0);
        expect(whole.usedBytes).toBe(sum(held));
        expect(whole.usedBytes).toBeLessThanOrEqual(150);
        for (const [name, budget] of Object.entries(cameras)) {
          expect(budget.usedBytes).toBe(sum(held.filter((one) => one.camera === name)));
          expect(budget.usedBytes).toBeLessThanOrEqual(budget.budgetBytes);
        }
      }
    }),
  );
});

test('a camera over its own budget costs the others nothing', () => {
  let asked = 0;
  const whole = new MemoryBudget('the whole', 100, { ladder: [{ name: 'previews', giveUp: () => asked++ }] });
  const camera = whole.addCamera('belt-1', 30);
  expect(() => camera.reserve(31)).toThrow('camera "belt-1"');
  expect(asked).toBe(0);
  expect(whole.usedBytes).toBe(0);
});

describe('the ladder', () => {
  function plant(): { whole: MemoryBudget; order: string[]; hold: (name: string, bytes: number) => void } {
    const order: string[] = [];
    const held = new Map<string, Reservation>();
    const giveUp = (name: string) => (): void => {
      order.push(name);
      held.get(name)?.[Symbol.dispose]();
    };
    const whole = new MemoryBudget('the whole', 100, {
      ladder: [
        { name: 'previews', giveUp: giveUp('previews') },
        { name: 'evidence', giveUp: giveUp('evidence') },
        { name: 'second model', giveUp: giveUp('second model'), alarmPath: true },
      ],
    });
    return { whole, order, hold: (name, bytes) => void held.set(name, whole.reserve(bytes)) };
  }

  test('what is declared first is given up first, and no more than needed', () => {
    const { whole, order, hold } = plant();
    hold('previews', 40);
    hold('evidence', 40);
    whole.reserve(50);
    expect(order).toEqual(['previews']);
    expect(whole.usedBytes).toBe(90);
    expect(whole.sacrifices).toEqual({ previews: 1 });
  });

  test('what could not fit though all were given up costs nobody anything', () => {
    const { whole, order, hold } = plant();
    hold('previews', 40);
    expect(() => whole.reserve(101)).toThrow(BudgetExceededError);
    expect(() => whole.addCamera('belt-1', 1000).reserve(101)).toThrow('the whole');
    expect(order).toEqual([]);
    expect([whole.usedBytes, whole.refused]).toEqual([40, 2]);
  });

  test('the alarm path is not given up for anything else', () => {
    const { whole, order, hold } = plant();
    hold('second model', 90);
    expect(() => whole.reserve(50)).toThrow(BudgetExceededError);
    expect(order).toEqual(['previews', 'evidence']);
    expect(whole.refused).toBe(1);
  });

  test('for the alarm path the last rung is taken, too', () => {
    const { whole, order, hold } = plant();
    hold('second model', 90);
    whole.reserve(50, { alarmPath: true });
    expect(order).toEqual(['previews', 'evidence', 'second model']);
    expect(whole.usedBytes).toBe(50);
  });

  test('what is set aside for the alarm path is left to it', () => {
    const whole = new MemoryBudget('the whole', 100, { alarmReserveBytes: 30 });
    expect(() => whole.reserve(71)).toThrow(BudgetExceededError);
    whole.reserve(70);
    expect(() => whole.reserve(1)).toThrow(BudgetExceededError);
    whole.reserve(30, { alarmPath: true });
    expect(() => whole.reserve(1, { alarmPath: true })).toThrow(BudgetExceededError);
  });

  test('a ladder on which the alarm path does not stand last is refused', () => {
    const giveUp = (): void => undefined;
    const ladder = [
      { name: 'alarms', giveUp, alarmPath: true },
      { name: 'previews', giveUp },
    ];
    expect(() => new MemoryBudget('the whole', 1, { ladder })).toThrow(TypeError);
  });
});

describe('slabs under a shared budget', () => {
  const ledger = new Ledger({ clock: () => 0, thread: 'test' });
  const slab = 64 * 1024;

  test('leases count against their camera, idle ones against the whole only', () => {
    const budget = new MemoryBudget('the whole', 4 * slab);
    const camera = budget.addCamera('belt-1', 2 * slab);
    using slabs = new SlabPool({ ledger, budget });
    const first = slabs.lease(slab, { camera: 'belt-1' });
    using _second = slabs.lease(slab, { camera: 'belt-1' });
    expect(() => slabs.lease(slab, { camera: 'belt-1' })).toThrow('camera "belt-1"');
    first[Symbol.dispose]();
    expect(camera.usedBytes).toBe(slab);
    expect(budget.usedBytes).toBe(2 * slab);
    using _third = slabs.lease(slab, { camera: 'belt-1' });
    expect(slabs.counters).toMatchObject({ allocations: 2, reuses: 1 });
  });

  test('where no new slab fits, a larger idle one serves', () => {
    using slabs = new SlabPool({ ledger, budgetBytes: 3 * slab });
    slabs.lease(2 * slab)[Symbol.dispose]();
    using _small = slabs.lease(slab);
    using other = slabs.lease(slab);
    expect(other.buffer.byteLength).toBe(2 * slab);
    expect(slabs.heldBytes).toBe(3 * slab);
  });
});

test.each([-50, 101, Number.NaN])(
  'an alarm reserve of %s in a budget of 100 is refused',
  (alarmReserveBytes) => {
    expect(() => new MemoryBudget('all', 100, { alarmReserveBytes })).toThrow(RangeError);
  },
);

test('bytes without end are refused, and spend nothing', () => {
  const budget = new MemoryBudget('all', Number.POSITIVE_INFINITY);
  expect(() => budget.reserve(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  expect(budget.usedBytes).toBe(0);
});
