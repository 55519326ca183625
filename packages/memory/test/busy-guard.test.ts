import { expect, test } from 'vitest';
import { BusyGuard } from '../src/index.ts';

test('it is busy while anybody is inside, in whatever thread', () => {
  const guard = BusyGuard.create();
  const other = BusyGuard.attach(guard.handle);
  const first = guard.enter();
  const second = other.enter();
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(guard.busy).toBe(true);
  second[Symbol.dispose]();
  expect(guard.busy).toBe(false);
});

test('a turn that a supervisor has ended takes none of the later ones with it', () => {
  const guard = BusyGuard.create();
  const late = guard.enter();
  guard.reset();
  expect(guard.busy).toBe(false);
  using _turn = guard.enter();
  late[Symbol.dispose]();
  expect(guard.busy).toBe(true);
});

test('it may be reset very often', () => {
  const guard = BusyGuard.create();
  for (let i = 0; i < 100_000; i += 1) guard.reset();
  const turn = guard.enter();
  expect(guard.busy).toBe(true);
  turn[Symbol.dispose]();
  expect(guard.busy).toBe(false);
});
