import { createReadStream } from 'node:fs'
import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parsePartName, partName } from '../../bundle/part-names.ts'
import { tarEnd, tarMember } from '../../tar/write.ts'
import { writeGzip } from './gzip.ts'
import { Output } from './output.ts'
import type { PayloadMember } from './payload-member.ts'

/** All threads of Node.js. */
const concurrency = 4

interface Target {
  path: string
  /** A directory on the same file system, where the files are until they are complete. */
  workDirectory: string
  /** The most bytes of one file; with this, the names of the parts begin with `path`. */
  partSize?: number | undefined
  signal: AbortSignal
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
 * Write a .tar.gz in which each member is a gzip member of its own (RFC 1952 section 2.2 allows any number, and every gzip
 * reads them as one), so the first can be read without the rest. Files appear under their names when all is done.
 */
export async function pack(members: readonly PayloadMember[], target: Target): Promise<Packed> {
  const { path, workDirectory, partSize, signal } = target
  const nameOf = (number: number): string => (partSize === undefined ? path : partName(path, number))
  const output = new Output(number => join(workDirectory, basename(nameOf(number))), partSize)
  try {
    for (const member of members) await writeMember(member, output, signal)
    await writeGzip([tarEnd()], { concurrency, write: bytes => output.write(bytes), signal })
    const { files, sha256 } = await output.finish()
    const paths = files.map((_, index) => nameOf(index + 1))
    const checksums = `${path}.sha256`
    const unfinished = join(workDirectory, basename(checksums))
    await writeFile(unfinished, files.map(file => `${file.sha256}  ${basename(file.path)}\n`).join(''))
    for (const [index, file] of files.entries()) await rename(file.path, nameOf(index + 1))
    await rename(unfinished, checksums)
    if (partSize !== undefined) await removeLaterParts(path, files.length)
    return { paths, size: files.reduce((sum, { size }) => sum + size, 0), sha256, checksums }
  } finally {
    await output.close()
  }
}

async function writeMember(member: PayloadMember, output: Output, signal: AbortSignal): Promise<void> {
  const write = (bytes: Buffer): Promise<void> => output.write(bytes)
  const { packed, isStored = false } = member
  if (packed === undefined) await writeGzip(tarMember(member), { isStored, concurrency, write, signal })
  else {
    const file = createReadStream(await packed, { highWaterMark: 1 << 20, signal })
    for await (const bytes of file) await write(bytes)
  }
}

/** Remove the last parts of an older bundle of the same name that had more. */
async function removeLaterParts(path: string, count: number): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const part = parsePartName(name)
    if (part?.bundle === basename(path) && part.number > count) await rm(join(dirname(path), name))
  }
}
