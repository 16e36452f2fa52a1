const frameMagic = 0xfd2fb528
const isSkippable = (magic: number): boolean => magic >= 0x184d2a50 && magic <= 0x184d2a5f

export function isZstd(start: Buffer): boolean {
  const magic = start.readUInt32LE()
  return magic === frameMagic || isSkippable(magic)
}

/**
 * Split zstd data so that no chunk crosses the end of a frame, and drop skippable frames. The decompressor of Node.js
 * silently drops data after a frame in the same chunk, so that layers of many frames (zstd:chunked, pzstd) would be
 * truncated. Throws an Error when the data is damaged or truncated. https://www.rfc-editor.org/rfc/rfc8878#section-3.1
 */
export async function* oneFrameAtATime(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const reader = new Reader(source)
  for (let magic = await reader.start(); magic !== undefined; magic = await reader.start()) {
    if (isSkippable(magic.readUInt32LE())) {
      const size = await reader.take(4)
      await reader.skip(size.readUInt32LE())
      continue
    }
    if (magic.readUInt32LE() !== frameMagic) throw new Error('damaged zstd data: invalid frame')
    const descriptor = await reader.take(1)
    const flags = descriptor.readUInt8()
    yield Buffer.concat([magic, descriptor, await reader.take(restOfHeader(flags))])
    for (let last = false; !last; ) {
      const header = await reader.take(3)
      const fields = header.readUIntLE(0, 3)
      const isRepeatedByte = ((fields >> 1) & 3) === 1
      last = (fields & 1) === 1
      yield Buffer.concat([header, await reader.take(isRepeatedByte ? 1 : fields >> 3)])
    }
    const hasChecksum = (flags & 4) !== 0
    if (hasChecksum) yield await reader.take(4)
  }
}

/** Size of the frame header after its descriptor byte: window, dictionary and content size. */
function restOfHeader(flags: number): number {
  const isSingleSegment = (flags & 0x20) !== 0
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0
  return (isSingleSegment ? 0 : 1) + dictionary + contentSize
}

class Reader {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]()
  }

  /** The first four bytes of a frame, or undefined at the end of the data. */
  async start(): Promise<Buffer | undefined> {
    return (await this.#fill(1)) ? this.take(4) : undefined
  }

  async take(size: number): Promise<Buffer> {
    if (!(await this.#fill(size))) throw new Error('truncated zstd data')
    const taken = this.#rest.subarray(0, size)
    this.#rest = this.#rest.subarray(size)
    return taken
  }

  async skip(size: number): Promise<void> {
    // Up to 4 GiB, which are not to be in memory at once.
    for (let left = size; left > 0; ) {
      if (!(await this.#fill(1))) throw new Error('truncated zstd data')
      const step = Math.min(left, this.#rest.length)
      this.#rest = this.#rest.subarray(step)
      left -= step
    }
  }

  async #fill(size: number): Promise<boolean> {
    while (this.#rest.length < size) {
      const next = await this.#chunks.next()
      if (next.done) return false
      this.#rest = Buffer.concat([this.#rest, next.value])
    }
    return true
  }
}
