import { expect, test } from 'vitest';
import { SharedAnswer } from '../../src/server/shared-answer.ts';

/** A question that counts, answered by hand. */
function question(limitMilliseconds: number) {
  let resolvers = Promise.withResolvers<string>();
  const asked = {
    times: 0,
    answer: (text: string) => resolvers.resolve(text),
    fail: (error: Error) => resolvers.reject(error),
  };
  const shared = new SharedAnswer<string>(() => {
    asked.times += 1;
    resolvers = Promise.withResolvers<string>();
    return resolvers.promise;
  }, limitMilliseconds);
  return { asked, shared };
}

test('who asks meanwhile gets the same answer, who asks later a new one', async () => {
  const { asked, shared } = question(60_000);
  const first = [shared.get(), shared.get(), shared.get()];
  asked.answer('one');
  expect(await Promise.all(first)).toEqual(['one', 'one', 'one']);
  const second = shared.get();
  asked.answer('two');
  expect(await second).toBe('two');
  expect(asked.times).toBe(2);
});

test('a thread that hangs is asked once, and everybody is told in time, until it answers again', async () => {
  const { asked, shared } = question(20);
  expect(await Promise.all([shared.get(), shared.get()])).toEqual([undefined, undefined]);
  for (let scrape = 0; scrape < 100; scrape += 1) expect(await shared.get()).toBeUndefined();
  expect(asked.times).toBe(1);
  asked.answer('late');
  await Promise.resolve();
  const next = shared.get();
  asked.answer('in time');
  expect(await next).toBe('in time');
});

test('a question that fails fails for those who wait, and not for the next', async () => {
  const { asked, shared } = question(60_000);
  const first = shared.get();
  asked.fail(new Error('the thread ended'));
  await expect(first).rejects.toThrow('the thread ended');
  const second = shared.get();
  asked.answer('again');
  expect(await second).toBe('again');
});

test('with nobody to ask there is no answer, and the next one asks anew', async () => {
  let there = false;
  const shared = new SharedAnswer(() => (there ? Promise.resolve('here') : undefined), 60_000);
  expect(await shared.get()).toBeUndefined();
  there = true;
  expect(await shared.get()).toBe('here');
});
