import { EdgekitError } from '../../lib/errors.ts'

const units: Record<string, number> = { k: 1024, M: 1024 ** 2, G: 1024 ** 3 }
const smallest = 64 * 1024

/** Parse a size, such as `3900M`, into bytes; k, M and G are powers of 1024, as in split(1). Throws EdgekitError. */
export function parseSize(text: string): number {
  const [, number, unit = ''] = /^(\d{1,9})([kMG])$/.exec(text) ?? []
  const size = Number(number) * (units[unit] ?? Number.NaN)
  if (size >= smallest) return size
  throw new EdgekitError(`invalid value for --split: "${text}" is not a size of at least 64k`, {
    code: 'invalid-usage',
    remedy: 'Use a number with k, M or G. FAT32 allows 4 GiB per file, so 3900M fits.',
  })
}
