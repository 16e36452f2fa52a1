import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parsePartName, partName } from '../../bundle/part-names.ts'
import { requireOutputFile } from '../../lib/files/output-file.ts'
import { Output } from './output.ts'

export interface Target {
  path: string
  /** A directory on the same file system, where the files are until they are complete. */
  workDirectory: string
  /** The most bytes of one file; with this, the names of the parts begin with `path`. */
  partSize?: number | undefined
}

export interface Packed {
  /** One file, or the parts in order. */
  paths: string[]
  /** Bytes of all files. */
  size: number
  /** Hash of the bundle in one file, split or not. */
  sha256: string
  /** Beside the bundle: the hash of each of `paths`, as `sha256sum --check` reads it. */
  checksums: string
}

/**
 * Write a bundle and the file with its checksums. They appear under their names when all is written, and `check`, which gets
 * the files in the work directory, has not thrown. Throws EdgekitError (output-not-writable).
 */
export async function publish(
  { path, workDirectory, partSize }: Target,
  fill: (write: (bytes: Buffer) => Promise<void>) => Promise<void>,
  check?: (paths: readonly string[]) => Promise<void>,
): Promise<Packed> {
  const nameOf = (number: number): string => (partSize === undefined ? path : partName(path, number))
  const checksums = `${path}.sha256`
  for (const each of [nameOf(1), checksums]) await requireOutputFile(each)
  const output = new Output(number => join(workDirectory, basename(nameOf(number))), partSize)
  try {
    await fill(bytes => output.write(bytes))
    const { files, sha256 } = await output.finish()
    const paths = files.map((_, index) => nameOf(index + 1))
    const unfinished = join(workDirectory, basename(checksums))
    await writeFile(unfinished, files.map(file => `${file.sha256}  ${basename(file.path)}\n`).join(''))
    await check?.(files.map(file => file.path))
    // A rename that fails after others would leave half a bundle.
    for (const each of [...paths, checksums]) await requireOutputFile(each)
    for (const [index, file] of files.entries()) await rename(file.path, nameOf(index + 1))
    await rename(unfinished, checksums)
    if (partSize !== undefined) await removeLaterParts(path, files.length)
    return { paths, size: files.reduce((sum, { size }) => sum + size, 0), sha256, checksums }
  } finally {
    await output.close()
  }
}

/** Remove the last parts of an older bundle of the same name that had more. */
async function removeLaterParts(path: string, count: number): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const part = parsePartName(name)
    if (part?.bundle === basename(path) && part.number > count) await rm(join(dirname(path), name))
  }
}
