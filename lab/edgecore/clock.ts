import { setTimeout as wait } from 'node:timers/promises'

/** Milliseconds per second of EdgeCore. Tests of long waits shorten it; on a node it is 1000. */
export const second = Number(process.env['EDGECORE_STAND_IN_SECOND_MS'] ?? 1000)

/** Sleep for a number of EdgeCore's seconds. */
export const sleep = (seconds: number): Promise<void> => wait(seconds * second)
