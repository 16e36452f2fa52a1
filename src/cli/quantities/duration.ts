import { EdgekitError } from '../../lib/errors.ts'

const milliseconds: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Parse a duration, such as `10s`, `500ms` or `2m`, into milliseconds. Throws EdgekitError that names the flag. */
export function parseDuration(text: string, flag: string): number {
  const [, count, unit = ''] = /^(\d{1,6})(ms|s|m|h|d)$/.exec(text) ?? []
  const value = Number(count) * (milliseconds[unit] ?? Number.NaN)
  if (value > 0) return value
  throw new EdgekitError(`invalid value for ${flag}: "${text}" is not a duration`, {
    code: 'invalid-usage',
    remedy: 'Use a number and a unit, such as 500ms, 10s or 2m.',
  })
}
