import { close, open, read, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { EdgekitError } from '../lib/errors.ts'
import { parsePartName, partName } from './part-names.ts'

const readSize = 64 * 1024

/** A bundle as it was written: one .tar.gz, or its parts in order. */
export interface PackedBundle {
  /** For messages: the path as given, without the number of the part. */
  name: string
  files: { path: string; size: number }[]
  /** Bytes of all files. */
  size: number
}

const copyAgain = 'Copy the bundle again, all parts of it into one directory.'

/** The packed bundle of which `path` is the only file or a part. Throws EdgekitError that names the part at fault. */
export function openPacked(path: string): PackedBundle {
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
  const refuse = (why: string) => new EdgekitError(why, { code: 'bundle-damaged', remedy: copyAgain })
  const last = Math.max(...numbers)
  const missing = Array.from({ length: last }, (_, index) => index + 1).filter(
    number => !numbers.includes(number),
  )
  if (missing.length > 0 || numbers.includes(0)) {
    const names = missing.map(number => basename(partName(name, number))).join(', ')
    throw refuse(`${names || 'the first part'} of ${name} is missing: there are ${numbers.length} parts here`)
  }
  const files: PackedBundle['files'] = []
  for (let number = 1; number <= last; number++) {
    const file = partName(name, number)
    files.push({ path: file, size: statSync(file).size })
  }
  const [first, ...others] = files as [PackedBundle['files'][number], ...PackedBundle['files']]
  const odd = others.find(({ size }, index) =>
    index === others.length - 1 ? size > first.size : size !== first.size,
  )
  if (odd !== undefined) {
    throw refuse(
      `${odd.path} has ${odd.size} bytes, which does not go with the ${first.size} of ${first.path}`,
    )
  }
  return { name, files, size: files.reduce((sum, { size }) => sum + size, 0) }
}

/**
 * The bytes of a packed bundle, parts one after another, in chunks of one size but for the last: for a stream that is
 * done with a chunk when it asks for the next but one, as zlib is, because the memory of a chunk is used again. Streams of
 * files and node:fs/promises are not used here and before: to load them is a tenth of what `inspect` takes.
 */
export async function* bytesOf({ files }: PackedBundle): AsyncGenerator<Buffer> {
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

/** The file in which the byte at `offset` is. */
export function fileAt({ name, files }: PackedBundle, offset: number): string {
  let begin = 0
  for (const { path, size } of files) {
    if (offset < begin + size) return path
    begin += size
  }
  return files.at(-1)?.path ?? name
}
