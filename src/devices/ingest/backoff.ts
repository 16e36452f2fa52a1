const leastMs = 200
const mostMs = 5_000

/** How long to wait after a failed attempt (0, 1, ...), in ms: longer each time, and never the same for two clients. */
export const backoff = (attempt: number): number =>
  Math.min(mostMs, leastMs * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2)
