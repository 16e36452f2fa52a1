import { setTimeout as wait } from 'node:timers/promises'

/** How long one of EdgeCore's seconds lasts. Tests of long waits make it short; on a node it is a second. */
export const second = Number(process.env['EDGECORE_STAND_IN_SECOND_MS'] ?? 1000)

/** Sleep that many of EdgeCore's seconds. */
export const sleep = (seconds: number): Promise<void> => wait(seconds * second)
