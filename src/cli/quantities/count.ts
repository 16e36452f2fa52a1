import { EdgekitError } from '../../lib/errors.ts'

/** Parse a whole number from `least` (default 1) to `most`. `or`: what else the flag takes. Throws EdgekitError. */
export function parseCount(
  text: string,
  flag: string,
  { least = 1, most, or }: { least?: number; most: number; or?: string },
): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (count >= least && count <= most) return count
  throw new EdgekitError(`invalid value for ${flag}: "${text}" is not a number from ${least} to ${most}`, {
    code: 'invalid-usage',
    remedy: `Use a number from ${least} to ${most}${or === undefined ? '' : `, or ${or}`}.`,
  })
}
