import { createInflateRaw } from 'node:zlib'
import { EdgekitError } from '../../lib/errors.ts'
import { tarMemberSize } from '../../tar/write.ts'
import type { Head } from '../bundle.ts'
import { headLimits } from '../manifest.ts'
import { bytesOf, type PackedFiles } from './packed-files.ts'

/** Offsets in a packed bundle, in bytes. */
export interface HeadBounds {
  /** Where the manifest ends, and a signature begins or belongs. */
  manifestEnd: number
  /** Where everything else begins. */
  payload: number
  /** The time of every member, in seconds since 1970. */
  time: number
}

/** Bytes of a header of gzip without optional fields, and of what ends a gzip member: https://www.rfc-editor.org/rfc/rfc1952 */
const headerSize = 10
const trailerSize = 8

/** Deflate makes nothing larger by more than this, with room for the headers of a few gzip members. */
const most = headLimits['bundle.json'] + headLimits['bundle.json.sig'] + 1024 * 1024

/**
 * Find where manifest and signature of a bundle end: edgekit compresses each member of the archive on its own, so that the
 * bytes of the others do not change with the signature. Throws EdgekitError for a bundle that was compressed by something else.
 */
export async function headBounds(packed: PackedFiles, { bytes, signature }: Head): Promise<HeadBounds> {
  const beginning = await read(packed, most)
  const member = async (from: number, size: number): Promise<{ end: number; text: Buffer }> => {
    const pieces: Buffer[] = []
    let [end, left] = [from, tarMemberSize({ size })]
    while (left > 0) {
      const piece = await gzipMember(beginning.subarray(end), left)
      if (piece === undefined || piece.text.length === 0) throw compressedAgain(packed.name)
      pieces.push(piece.text)
      end += piece.size
      left -= piece.text.length
    }
    return { end, text: Buffer.concat(pieces) }
  }
  const manifest = await member(0, bytes.length)
  const payload = signature === undefined ? manifest.end : (await member(manifest.end, signature.length)).end
  // The field mtime, in octal: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
  const time = Number.parseInt(manifest.text.toString('latin1', 136, 147), 8)
  return { manifestEnd: manifest.end, payload, time }
}

/** The content of the gzip member at the beginning of `bytes`, and the size of the member; undefined if it has over `most` bytes. */
async function gzipMember(bytes: Buffer, most: number): Promise<{ text: Buffer; size: number } | undefined> {
  // Deflate, and no optional fields.
  if (bytes.length < headerSize || bytes.readUInt32BE(0) !== 0x1f_8b_08_00) return undefined
  const inflate = createInflateRaw()
  inflate.end(bytes.subarray(headerSize))
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of inflate) {
      parts.push(part)
      size += part.length
      if (size > most) return undefined
    }
  } catch {
    return undefined
  }
  return { text: Buffer.concat(parts), size: headerSize + inflate.bytesWritten + trailerSize }
}

async function read(packed: PackedFiles, most: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of bytesOf(packed)) {
    parts.push(Buffer.from(chunk))
    size += chunk.length
    if (size >= most) break
  }
  return Buffer.concat(parts)
}

const compressedAgain = (name: string): EdgekitError =>
  new EdgekitError(`cannot sign ${name}: it was compressed again after it was built`, {
    code: 'not-a-bundle',
    remedy: 'Sign the .tar.gz, or its parts, as edgekit bundle wrote it.',
  })
