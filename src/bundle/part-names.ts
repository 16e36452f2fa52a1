import { EdgekitError } from '../lib/errors.ts'

/** The most parts: their names have two digits. */
const most = 99

/** `bundle.tar.gz.part01`: in order for a shell's `*`, and nothing in it that VFAT changes. */
export function partName(bundle: string, number: number): string {
  if (number <= most) return `${bundle}.part${String(number).padStart(2, '0')}`
  throw new EdgekitError(`${bundle} would have more than ${most} parts`, {
    code: 'invalid-usage',
    remedy: 'Give --split a larger size.',
  })
}

/** The name of the bundle and the number of a part of it; undefined when it is not the name of a part. */
export function parsePartName(name: string): { bundle: string; number: number } | undefined {
  const [, bundle, number] = /^(.+)\.part(\d\d)$/.exec(name) ?? []
  return bundle === undefined ? undefined : { bundle, number: Number(number) }
}
