import { EdgekitError } from '../../lib/errors.ts'

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Parse an age, such as `30d`, `12h`, `90m`, `2w` or `0`, into milliseconds. Throws EdgekitError. */
export function parseAge(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  if (count !== undefined) return Number(count) * (units[unit ?? ''] ?? 0)
  if (text === '0') return 0
  throw new EdgekitError(`invalid value for --older-than: "${text}" is not an age`, {
    code: 'invalid-usage',
    remedy: 'Use a number and a unit, such as 30d, 12h or 90m, or 0 for everything.',
  })
}
