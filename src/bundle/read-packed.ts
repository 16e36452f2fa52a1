import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Parser } from 'tar/parse'
import type { ReadEntry } from 'tar/read-entry'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { rechunk } from '../tar/rechunk.ts'
import { manifestName } from './manifest.ts'
import { bytesOf, fileAt, type PackedBundle } from './packed-files.ts'
import { type ArchiveReader, Members, noBundle, Stopped } from './packed-members.ts'

/** Bytes; a whole number of tar blocks. */
const chunkSize = 64 * 1024

/**
 * Read a packed bundle once, from its first byte on, and trust nothing in it: only plain files that the manifest lists,
 * each once, of exactly the size and mode it states, and never more data in all. Writes nothing. Throws EdgekitError
 * for what is no bundle, or so damaged that no more of it can be read; the rest is told to `reader.problem`.
 */
export async function readArchive(packed: PackedBundle, reader: ArchiveReader): Promise<void> {
  const members = new Members(packed.name, reader)
  const parser = tarParser(members)
  const gunzip = createGunzip({ chunkSize })
  let size = 0
  const parse = async (pieces: AsyncIterable<Buffer<ArrayBuffer>>): Promise<void> => {
    for await (const chunk of rechunk(pieces, Buffer.allocUnsafeSlow(chunkSize))) {
      // What is packed twice would be unpacked by the parser, past every limit.
      if (size === 0 && !chunk.toString('latin1', 0, 100).startsWith(`${manifestName}\0`)) {
        throw noBundle(packed.name, `it does not begin with ${manifestName}`)
      }
      size += chunk.length
      if (size > members.most) throw tooMuch(packed.name, members.most)
      parser.write(chunk)
    }
  }
  try {
    await pipeline(bytesOf(packed), gunzip, parse)
    parser.end()
    if (gunzip.bytesWritten < packed.size) {
      reader.problem(`${fileAt(packed, gunzip.bytesWritten)} goes on behind the end of the bundle`)
    }
    members.finish()
  } catch (error) {
    if (error instanceof Stopped) return
    if (error instanceof EdgekitError) throw error
    if (size === 0 && messageOf(error) === 'incorrect header check')
      throw noBundle(packed.name, 'it is not packed with gzip')
    throw damaged(packed, gunzip.bytesWritten, error)
  }
}

function tarParser(members: Members): Parser {
  const parser = new Parser({
    strict: true,
    // Bounded by what the manifest states, which is known first.
    maxDecompressionRatio: Number.POSITIVE_INFINITY,
    onReadEntry: entry => members.visit(entry),
  })
  parser.on('ignoredEntry', (entry: ReadEntry) => members.visit(entry))
  // They could give a member another name or size than its header has.
  parser.on('meta', () => members.extended())
  parser.on('error', (error: Error) => {
    throw error
  })
  return parser
}

const tooMuch = (name: string, most: number): EdgekitError =>
  new EdgekitError(`${name} unpacks to more than the ${most} bytes it states; reading was stopped there`, {
    code: 'bundle-damaged',
    remedy: 'Do not use this file: it was not made by edgekit, or changed since.',
  })

/** By the place where it failed: of the parts of a bundle that is the one which is damaged or belongs to another. */
function damaged(packed: PackedBundle, offset: number, cause: unknown): EdgekitError {
  const file = fileAt(packed, offset)
  const end = offset >= packed.size
  const parts = packed.files.length > 1
  const words = end
    ? `${packed.name} ends too early, after ${packed.size} bytes`
    : `${file} is damaged${parts ? ', or part of another bundle' : ''}: ${messageOf(cause)}`
  return new EdgekitError(words, {
    code: 'bundle-damaged',
    remedy:
      end && /\.part\d\d$/.test(file)
        ? `Look whether there is a part after ${file}, and copy that one too; else copy all parts again.`
        : `Copy ${file} again; if it happens again, the stick, the disk or the connection is failing.`,
    cause,
  })
}
