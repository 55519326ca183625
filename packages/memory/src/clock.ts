/**
 * Time as the core sees it: a function that is passed in. One of the few files that ask the operating system.
 */
import { performance } from 'node:perf_hooks';

/** Answers monotonic seconds from an arbitrary zero; steps backwards never. */
export type Clock = () => number;

/** The clock of a running system. Tests and simulations pass their own. */
export const monotonicSeconds: Clock = () => performance.now() / 1000;
