/**
 * Time as the core sees it: a function that is passed in. One of the few files that ask the operating system.
 */
import { performance } from 'node:perf_hooks';

/** Answers monotonic seconds from an arbitrary zero; steps backwards never. */
export type Clock = () => number;

/** The clock of a running system. Tests and simulations pass their own. */
export const monotonicSeconds: Clock = () => performance.now() / 1000;

/** Seconds of the system's monotonic clock: the same in every thread, unlike `performance.now()`. */
export const processSeconds: Clock = () => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds + nanoseconds / 1e9;
};
