import { EdgekitError } from '../../lib/errors.ts'

const milliseconds: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
/** The longest time of a timer of Node.js is 24.8 days. */
const mostDays = 24

/**
 * Parse a duration of at most `days`, such as `10s`, `500ms` or `2m`, into milliseconds. Throws EdgekitError that names the flag.
 */
export function parseDuration(text: string, flag: string, days = mostDays): number {
  const [, count, unit = ''] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? []
  const value = Number(count) * (milliseconds[unit] ?? Number.NaN)
  if (value > 0 && value <= days * 86_400_000) return value
  const reason = value > 0 ? `is longer than ${days} days` : 'is not a duration'
  throw new EdgekitError(`invalid value for ${flag}: "${text}" ${reason}`, {
    code: 'invalid-usage',
    remedy: 'Use a number and a unit, such as 500ms, 10s or 2m.',
  })
}
