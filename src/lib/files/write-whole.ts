import { fstatSync, writeSync } from 'node:fs'

/**
 * Makes a standard stream that goes into a file write all it is given, or fail. A disk that gets full takes a part of a write
 * (write(2)), and Node.js 24 drops the rest without an error. Other streams do not change.
 */
export function writeWhole(stream: NodeJS.WriteStream, fd: number): void {
  if (!isFile(fd)) return
  stream._write = (chunk: Uint8Array, _encoding, done) => {
    try {
      for (let rest = chunk; rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      done(error as Error)
      return
    }
    done()
  }
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile()
  } catch {
    return false
  }
}
