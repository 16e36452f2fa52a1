import { EndsEarly, Reader } from './bytes.ts'

/** What a stream of bytes has so far: whole packets, and the rest. */
interface Split {
  frames: Buffer[]
  rest: Buffer
  /** The Remaining Length has more than four bytes: nothing after it can be read. */
  isBroken: boolean
}

/** Split received bytes into packets by their Remaining Length. */
export function splitFrames(bytes: Buffer): Split {
  const frames: Buffer[] = []
  let rest = bytes
  while (rest.length >= 2) {
    const length = frameLength(rest)
    if (length === 'broken') return { frames, rest, isBroken: true }
    if (length === undefined || rest.length < length) break
    frames.push(rest.subarray(0, length))
    rest = rest.subarray(length)
  }
  return { frames, rest, isBroken: false }
}

/** The bytes of the first packet, its header included; undefined when the header is not complete. */
function frameLength(bytes: Buffer): number | 'broken' | undefined {
  try {
    const { value, bytes: digits } = new Reader(bytes.subarray(1)).varint()
    return 1 + digits + value
  } catch (error) {
    if (!(error instanceof EndsEarly)) throw error
    return bytes.length >= 5 ? 'broken' : undefined
  }
}
