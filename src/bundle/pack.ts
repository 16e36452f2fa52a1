import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type TarMember, tarEnd, tarMember } from '../images/tar.ts'
import { gzipPieces, type Piece } from './compress.ts'
import { Output } from './output.ts'
import { parsePartName, partName } from './part-names.ts'

/** Pieces being compressed or waiting to be written: enough for every core, and a bound for the memory. */
const ahead = 8

interface Target {
  path: string
  /** A directory on the same file system, in which the files are until they are whole. */
  workDirectory: string
  /** The most bytes of one file; with this, `path` is what the names of the parts begin with. */
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
}

/**
 * Write a .tar.gz in which each member is a gzip member of its own (RFC 1952 section 2.2 allows any number, and every
 * gzip reads them as one): the first can be read without the rest. Files appear under their names when all is done.
 */
export async function pack(members: readonly TarMember[], target: Target): Promise<Packed> {
  const { path, workDirectory, partSize, signal } = target
  const nameOf = (number: number): string => (partSize === undefined ? path : partName(path, number))
  const output = new Output(number => join(workDirectory, basename(nameOf(number))), partSize)
  try {
    await writeMembers(members, output, signal)
    const { files, sha256 } = await output.finish()
    const paths = files.map((_, index) => nameOf(index + 1))
    for (const [index, file] of files.entries()) await rename(file.path, nameOf(index + 1))
    if (partSize !== undefined) await removeLaterParts(path, files.length)
    return { paths, size: files.reduce((sum, { size }) => sum + size, 0), sha256 }
  } finally {
    await output.close()
  }
}

async function writeMembers(
  members: readonly TarMember[],
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const waiting: Piece[] = []
  const writeFirst = async (): Promise<void> => {
    const piece = waiting.shift()
    if (piece === undefined) return
    await output.write(await piece.bytes)
    piece.release?.()
  }
  for (const bytes of [...members.map(member => tarMember(member)), only(tarEnd())]) {
    for await (const piece of gzipPieces(bytes)) {
      signal.throwIfAborted()
      // Looked at when its turn comes; that it fails before that must not end the process.
      piece.bytes.catch(() => undefined)
      waiting.push(piece)
      if (waiting.length >= ahead) await writeFirst()
    }
  }
  while (waiting.length > 0) await writeFirst()
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

/** A bundle of the same name that had more parts leaves some that belong to nothing now. */
async function removeLaterParts(path: string, count: number): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const part = parsePartName(name)
    if (part?.bundle === basename(path) && part.number > count) await rm(join(dirname(path), name))
  }
}
