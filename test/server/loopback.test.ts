import { expect, test } from 'vitest';
import { isLoopback, isLoopbackHostHeader } from '../../src/server/loopback.ts';

test.each(['127.0.0.1', '127.8.9.10', 'localhost', '::1'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', 'localhost.evil.example', ''])(
  '%s is not',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

test('a Host header of another name is refused, as a rebound name sends it', () => {
  expect(isLoopbackHostHeader('127.0.0.1:8080')).toBe(true);
  expect(isLoopbackHostHeader('[::1]:8080')).toBe(true);
  expect(isLoopbackHostHeader('localhost')).toBe(true);
  expect(isLoopbackHostHeader('plant.example:8080')).toBe(false);
  expect(isLoopbackHostHeader(undefined)).toBe(false);
});
