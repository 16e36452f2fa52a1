import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parsePartName, partName } from '../../bundle/part-names.ts'
import { type TarMember, tarEnd, tarMember } from '../../tar/write.ts'
import { filePieces, gzipPieces, type Piece } from './gzip.ts'
import { Output } from './output.ts'
import { writePieces } from './write-pieces.ts'

/** Enough for every core. */
const ahead = 8

/** A member of which the gzip member may have been made before; then this is the file it is in. */
interface PackedMember extends TarMember {
  packed?: Promise<string>
}

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
export async function pack(members: readonly PackedMember[], target: Target): Promise<Packed> {
  const { path, workDirectory, partSize, signal } = target
  const nameOf = (number: number): string => (partSize === undefined ? path : partName(path, number))
  const output = new Output(number => join(workDirectory, basename(nameOf(number))), partSize)
  try {
    await writePieces(piecesOf(members), { ahead, write: buffers => output.write(buffers), signal })
    const { files, sha256 } = await output.finish()
    const paths = files.map((_, index) => nameOf(index + 1))
    for (const [index, file] of files.entries()) await rename(file.path, nameOf(index + 1))
    if (partSize !== undefined) await removeLaterParts(path, files.length)
    return { paths, size: files.reduce((sum, { size }) => sum + size, 0), sha256 }
  } finally {
    await output.close()
  }
}

async function* piecesOf(members: readonly PackedMember[]): AsyncGenerator<Piece> {
  for (const member of members) {
    if (member.packed === undefined) yield* gzipPieces(tarMember(member))
    else yield* filePieces(await member.packed)
  }
  yield* gzipPieces([tarEnd()])
}

/** A bundle of the same name that had more parts leaves some that belong to nothing now. */
async function removeLaterParts(path: string, count: number): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const part = parsePartName(name)
    if (part?.bundle === basename(path) && part.number > count) await rm(join(dirname(path), name))
  }
}
