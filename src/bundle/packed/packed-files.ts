import { close, open, read, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { EdgekitError } from '../../lib/errors.ts'
import { parsePartName, partName } from '../part-names.ts'

const readSize = 64 * 1024

/** The files of a packed bundle: one .tar.gz, or its parts in order. */
export interface PackedFiles {
  /** The path as given, without the number of the part. */
  name: string
  files: { path: string; size: number }[]
  /** Bytes of all files. */
  size: number
}

/** Find the packed bundle of which `path` is the only file or a part. Throws EdgekitError that names the part at fault. */
export function findPackedFiles(path: string): PackedFiles {
  const part = parsePartName(basename(path))
  if (part === undefined) {
    const { size } = statSync(path)
    return { name: path, files: [{ path, size }], size }
  }
  const directory = dirname(path)
  const numbers = readdirSync(directory)
    .map(parsePartName)
    .filter(other => other?.bundle === part.bundle)
    .map(other => other?.number ?? 0)
  const name = join(directory, part.bundle)
  const last = Math.max(...numbers)
  const missing = Array.from({ length: last }, (_, index) => index + 1).filter(
    number => !numbers.includes(number),
  )
  if (missing.length > 0 || numbers.includes(0)) {
    const names = missing.map(number => basename(partName(name, number))).join(', ')
    throw incomplete(name, `found ${numbers.length} parts, without ${names || 'the first one'}`)
  }
  const files: PackedFiles['files'] = []
  for (let number = 1; number <= last; number++) {
    const file = partName(name, number)
    files.push({ path: file, size: statSync(file).size })
  }
  requireEqualSizes(name, files)
  return { name, files, size: files.reduce((sum, { size }) => sum + size, 0) }
}

/** All parts have the size of the first; only the last may be smaller. */
function requireEqualSizes(name: string, files: PackedFiles['files']): void {
  const size = files[0]?.size ?? 0
  const odd = files.find(file => (file === files.at(-1) ? file.size > size : file.size !== size))
  if (odd) throw incomplete(name, `${basename(odd.path)} has ${odd.size} bytes, the first part ${size}`)
}

const incomplete = (name: string, why: string): EdgekitError =>
  new EdgekitError(`cannot use the parts of ${name}: ${why}`, {
    code: 'bundle-damaged',
    remedy: 'Copy all parts of the bundle into one directory again.',
  })

/**
 * The bytes of a packed bundle, parts one after another, in chunks of one size except the last. A chunk is valid until the
 * next but one is asked for, because its memory is used again: zlib is done with it by then.
 */
export async function* bytesOf({ files }: PackedFiles): AsyncGenerator<Buffer> {
  let [chunk, other] = [Buffer.allocUnsafeSlow(readSize), Buffer.allocUnsafeSlow(readSize)]
  let filled = 0
  for (const { path } of files) {
    const file = await promisify(open)(path, 'r')
    try {
      for (;;) {
        const { bytesRead } = await promisify(read)(file, chunk, filled, readSize - filled, null)
        if (bytesRead === 0) break
        filled += bytesRead
        if (filled < readSize) continue
        yield chunk
        ;[chunk, other] = [other, chunk]
        filled = 0
      }
    } finally {
      await promisify(close)(file)
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled)
}

/** The path of the file that has the byte at `offset`. */
export function fileAt({ name, files }: PackedFiles, offset: number): string {
  let begin = 0
  for (const { path, size } of files) {
    if (offset < begin + size) return path
    begin += size
  }
  return files.at(-1)?.path ?? name
}
