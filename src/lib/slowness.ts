import { performance } from 'node:perf_hooks'

/**
 * Milliseconds in which Node.js starts on a small board that is not busy; a fast machine needs 25. An emulated processor, on
 * which `ctr` takes 20 times as long as on that machine, needs 470.
 */
const usualStartMs = 125
const most = 6

/**
 * How many times longer this machine takes than a small board, by the time in which Node.js has started: a whole number from
 * 1 to 6. A processor that is emulated or busy, and a slow disk, count alike.
 */
export const slowness = (startMs = performance.nodeTiming.bootstrapComplete): number =>
  Math.min(most, Math.max(1, Math.floor(startMs / usualStartMs)))
