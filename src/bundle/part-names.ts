import { EdgekitError } from '../lib/errors.ts'

/** The most parts: their names have two digits. */
const most = 99

/** `bundle.tar.gz.part01`: sorted by a shell's `*`, and without characters that VFAT changes. */
export function partName(bundle: string, number: number): string {
  if (number <= most) return `${bundle}.part${String(number).padStart(2, '0')}`
  throw new EdgekitError(`cannot split ${bundle}: it would have more than ${most} parts`, {
    code: 'invalid-usage',
    remedy: 'Use a larger size with --split.',
  })
}

/** The bundle and the number of a part, from the name of its file; undefined for the name of anything else. */
export function parsePartName(name: string): { bundle: string; number: number } | undefined {
  const [, bundle, number] = /^(.+)\.part(\d\d)$/.exec(name) ?? []
  return bundle === undefined ? undefined : { bundle, number: Number(number) }
}
