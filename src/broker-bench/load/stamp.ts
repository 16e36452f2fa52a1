/** The beginning of each payload: which message this is, and when it should have been sent. */
interface Stamp {
  /** Of the run: later ones ignore what an earlier one left under way. */
  phase: number
  publisher: number
  /** Counts the messages of one publisher in one phase. */
  number: number
  /** On the clock of this machine; latency counts from here. */
  intendedAtMs: number
}

/** Bytes of a stamp: the smallest payload. */
export const stampSize = 20

const mark = 0x656b

export function writeStamp(
  bytes: Buffer,
  at: number,
  { phase, publisher, number, intendedAtMs }: Stamp,
): void {
  bytes.writeUInt16BE(mark, at)
  bytes.writeUInt16BE(phase, at + 2)
  bytes.writeUInt32BE(publisher, at + 4)
  bytes.writeUInt32BE(number, at + 8)
  bytes.writeDoubleBE(intendedAtMs, at + 12)
}

/** Undefined when the payload is none of a load test. */
export const readStamp = (bytes: Buffer, at: number, end: number): Stamp | undefined =>
  end - at < stampSize || bytes.readUInt16BE(at) !== mark
    ? undefined
    : {
        phase: bytes.readUInt16BE(at + 2),
        publisher: bytes.readUInt32BE(at + 4),
        number: bytes.readUInt32BE(at + 8),
        intendedAtMs: bytes.readDoubleBE(at + 12),
      }
