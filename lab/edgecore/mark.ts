import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** The content at the end of the EdgeCore of the next bundle (lab/bundles/next-bundle.ts). */
export const nextMark = 'next'
/** The content at the end of an EdgeCore of v1.23. */
export const newerMark = 'v1.23'

/** Whether this program ends with a mark: the builds of EdgeCore differ in nothing else. */
export function hasMark(mark: string): boolean {
  const file = openSync(process.execPath, 'r')
  const end = Buffer.alloc(mark.length)
  readSync(file, end, 0, end.length, fstatSync(file).size - end.length)
  closeSync(file)
  return end.toString() === mark
}
