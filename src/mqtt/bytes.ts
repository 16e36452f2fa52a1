/** Two bytes, most significant first. */
export const uint16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff])

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

/** A Variable Byte Integer (MQTT 5, section 1.5.5), in at least `bytes` bytes, which only a wrong sender uses. */
export function varint(value: number, bytes = 1): Buffer {
  const digits: number[] = []
  let rest = value
  do {
    digits.push(rest % 128)
    rest = Math.floor(rest / 128)
  } while (rest > 0 || digits.length < bytes)
  return Buffer.from(digits.map((digit, index) => (index < digits.length - 1 ? digit | 0x80 : digit)))
}

/** Text or any bytes behind their length in two bytes; the bytes may be invalid UTF-8. */
export function sized(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint16(bytes.length), bytes])
}

/** Reads a packet. Throws `EndsEarly` when it is too short. */
export class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(count: number): Buffer {
    if (count > this.left) throw new EndsEarly()
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  byte(): number {
    return this.take(1).readUInt8()
  }

  uint16(): number {
    return this.take(2).readUInt16BE()
  }

  uint32(): number {
    return this.take(4).readUInt32BE()
  }

  sized(): Buffer {
    return this.take(this.uint16())
  }

  varint(): { value: number; bytes: number } {
    let value = 0
    for (let bytes = 1; bytes <= 4; bytes += 1) {
      const digit = this.byte()
      value += (digit & 0x7f) * 128 ** (bytes - 1)
      if (digit < 0x80) return { value, bytes }
    }
    throw new EndsEarly()
  }
}

/** A packet is shorter than its fields. */
export class EndsEarly extends Error {}
