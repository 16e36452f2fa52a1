import { EdgekitError } from '../../lib/errors.ts'

const units: Record<string, number> = { k: 1024, M: 1024 ** 2, G: 1024 ** 3 }
const smallest = 64 * 1024

/** `3900M` in bytes; k, M and G are powers of 1024, as for split(1). Throws EdgekitError. */
export function parseSize(text: string): number {
  const [, number, unit = ''] = /^(\d{1,9})([kMG])$/.exec(text) ?? []
  const size = Number(number) * (units[unit] ?? Number.NaN)
  if (size >= smallest) return size
  throw new EdgekitError(`"${text}" is not a size of at least 64k`, {
    code: 'invalid-usage',
    remedy: 'Write a number and k, M or G; 3900M fits the 4 GiB that a file on FAT32 can have.',
  })
}
