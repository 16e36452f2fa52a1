import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Parser } from 'tar/parse'
import type { ReadEntry } from 'tar/read-entry'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { rechunk } from '../../tar/rechunk.ts'
import { manifestName } from '../manifest.ts'
import { parsePartName } from '../part-names.ts'
import { bytesOf, fileAt, type PackedFiles } from './packed-files.ts'
import { notABundle, PackedMembers, type PackedReader, Stopped } from './packed-members.ts'

/** Bytes; a whole number of tar blocks. */
const chunkSize = 64 * 1024

/**
 * Read a packed bundle once, from its first byte on, and trust nothing in it: only regular files that the manifest lists,
 * each once, of exactly the stated size and mode, and never more data in all. Writes nothing. Resolves to what the reader
 * returned for the head. Throws EdgekitError for what is not a bundle, or is too damaged to be read on; every other
 * difference is passed to `reader.problem`.
 */
export async function readPacked<T>(packed: PackedFiles, reader: PackedReader<T>): Promise<T> {
  const members = new PackedMembers(packed.name, reader)
  const parser = tarParser(members)
  const gunzip = createGunzip({ chunkSize })
  let size = 0
  const parse = async (pieces: AsyncIterable<Buffer<ArrayBuffer>>): Promise<void> => {
    for await (const chunk of rechunk(pieces, Buffer.allocUnsafeSlow(chunkSize))) {
      // The parser would unpack a bundle that is compressed twice, past every limit.
      if (size === 0 && !chunk.toString('latin1', 0, 100).startsWith(`${manifestName}\0`)) {
        throw notABundle(packed.name, `it does not begin with ${manifestName}`)
      }
      size += chunk.length
      if (size > members.most) throw tooLarge(packed.name, members.most)
      parser.write(chunk)
    }
  }
  try {
    await pipeline(bytesOf(packed), gunzip, parse)
    parser.end()
    if (gunzip.bytesWritten < packed.size) {
      reader.problem(`${fileAt(packed, gunzip.bytesWritten)} has trailing data`)
    }
    members.finish()
  } catch (error) {
    if (error instanceof Stopped) return members.result
    if (error instanceof EdgekitError) throw error
    if (size === 0 && messageOf(error) === 'incorrect header check')
      throw notABundle(packed.name, 'it is not compressed with gzip')
    throw unreadable(packed, gunzip.bytesWritten, error)
  }
  return members.result
}

function tarParser<T>(members: PackedMembers<T>): Parser {
  const parser = new Parser({
    strict: true,
    // The manifest, which comes first, states the limit.
    maxDecompressionRatio: Number.POSITIVE_INFINITY,
    onReadEntry: entry => members.visit(entry),
  })
  parser.on('ignoredEntry', (entry: ReadEntry) => members.visit(entry))
  // They could give a member another name or size than its header states.
  parser.on('meta', () => members.extended())
  parser.on('error', (error: Error) => {
    throw error
  })
  return parser
}

const tooLarge = (name: string, most: number): EdgekitError =>
  new EdgekitError(`cannot read ${name}: it unpacks to more than the ${most} bytes it states`, {
    code: 'bundle-damaged',
    remedy: 'Do not use this file: edgekit did not make it, or it was changed afterwards.',
  })

/** Names the file in which reading failed: of several parts, the one that is damaged or from another bundle. */
function unreadable(packed: PackedFiles, offset: number, cause: unknown): EdgekitError {
  const file = fileAt(packed, offset)
  const isTruncated = offset >= packed.size
  const mayLackPart = isTruncated && parsePartName(file) !== undefined
  const damaged = packed.files.length > 1 ? 'is damaged, or a part of another bundle' : 'is damaged'
  return new EdgekitError(
    isTruncated ? `${packed.name} is truncated after ${packed.size} bytes` : `${file} ${damaged}`,
    {
      code: 'bundle-damaged',
      remedy: mayLackPart
        ? `Copy the part that follows ${file}; if there is none, copy all parts again.`
        : `Copy ${file} again. If the copy is damaged too, the USB stick or the disk is failing.`,
      cause,
    },
  )
}
