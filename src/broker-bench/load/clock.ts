/** Milliseconds of the monotonic clock, which all threads share; `performance.now` has an origin per thread. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}
