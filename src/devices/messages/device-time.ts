/** What a message shows of the device's clock. */
export interface DeviceTime {
  /** The time that the device gave, in ms since 1970; undefined if it gave none, or time since boot instead of a date. */
  given: number | undefined
  /** The order of a message among those of its device, in ms since 1970. */
  order: number
  /** Undefined: the message has no time. */
  clock: 'good' | 'suspect' | undefined
}

/** Seconds of the year 5138, and milliseconds of March 1973: no device gives either. */
const leastMilliseconds = 1e11
/** Before, a device counts from its boot or from the epoch of its own. */
const leastDate = Date.UTC(2020, 0, 1)
/** The last date of ISO 8601 with four digits for the year. */
const lastDate = Date.UTC(9999, 11, 31)

/** A message can wait this long for a broker or a network. */
const mostPastMs = 24 * 3_600_000
/** Clocks that are synchronized differ by less. */
const mostFutureMs = 5 * 60_000

/**
 * Find out when something happened: seconds or milliseconds since 1970, or ISO 8601 with an offset. A clock that is off
 * by too much is suspect, and the time of receipt counts instead. A retained message can be old; with a suspect clock or
 * without a time it is older than everything else.
 */
export function deviceTime(
  timestamp: number | string | undefined,
  { receivedAt, retained }: { receivedAt: number; retained: boolean },
): DeviceTime {
  const fallback = retained ? 0 : receivedAt
  if (timestamp === undefined) return { given: undefined, order: fallback, clock: undefined }
  const ms = millisecondsOf(timestamp)
  const given = ms !== undefined && ms >= leastDate && ms <= lastDate ? ms : undefined
  const isGood =
    given !== undefined &&
    given <= receivedAt + mostFutureMs &&
    (retained || given >= receivedAt - mostPastMs)
  return isGood ? { given, order: given, clock: 'good' } : { given, order: fallback, clock: 'suspect' }
}

function millisecondsOf(timestamp: number | string): number | undefined {
  if (typeof timestamp === 'number')
    return Math.floor(timestamp < leastMilliseconds ? timestamp * 1000 : timestamp)
  // Without an offset it could be the time of any time zone.
  return /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/.test(timestamp)
    ? orUndefined(Date.parse(timestamp))
    : undefined
}

const orUndefined = (ms: number): number | undefined => (Number.isNaN(ms) ? undefined : ms)
