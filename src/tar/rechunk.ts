import { detachBuffer } from '../lib/detach-buffer.ts'

/**
 * The bytes that a decompressor gives, in chunks as long as `buffer` and all of them in it: good until the next is asked
 * for. With a length of whole tar blocks no reader of tar keeps anything of a chunk but the last. The memory of the
 * decompressor is given back.
 */
export async function* rechunk(
  source: AsyncIterable<Buffer<ArrayBuffer>>,
  buffer: Buffer,
): AsyncGenerator<Buffer> {
  let filled = 0
  let last: Buffer<ArrayBuffer> | undefined
  for await (const piece of source) {
    for (let done = 0; done < piece.length; ) {
      const count = piece.copy(buffer, filled, done)
      done += count
      filled += count
      if (filled < buffer.length) continue
      yield buffer
      filled = 0
    }
    // Until its memory is full, the decompressor continues to write behind the piece.
    if (piece.byteOffset + piece.length === piece.buffer.byteLength) detachBuffer(piece)
    last = piece
  }
  if (last !== undefined) detachBuffer(last)
  if (filled > 0) yield buffer.subarray(0, filled)
}
