/** Seconds of the system's monotonic clock: the same in every thread, unlike `performance.now()`. */
export function processSeconds(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds + nanoseconds / 1e9;
}
