import { open } from 'node:fs/promises'
import type { Architecture } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'

/** Bytes at the beginning of an ELF file that identify it: up to and including e_machine. */
export const elfHeaderSize = 20

// https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html and the registry of e_machine it refers to
const machines: Record<number, string> = {
  3: '386',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
}
const executableTypes = [2, 3] // ET_EXEC, and ET_DYN for a position-independent one

/** Are these bytes the beginning of an ELF file of any kind? */
export const isElf = (start: Buffer): boolean => start.subarray(0, 4).toString('latin1') === '\x7fELF'

/**
 * Identify a file by its first `elfHeaderSize` bytes: the architecture, as KubeEdge names it, of a program for 64-bit
 * little-endian Linux; for everything else a description.
 */
export function describeProgram(start: Buffer): string {
  if (start.length === 0) return 'an empty file'
  if (start.subarray(0, 2).toString('latin1') === '#!') return 'a script'
  if (start.readUInt8(0) === 0x1f && start.length > 1 && start.readUInt8(1) === 0x8b) return 'a gzip archive'
  if (!isElf(start) || start.length < elfHeaderSize) return 'not an ELF executable'
  const [wordSize, byteOrder] = [start.readUInt8(4), start.readUInt8(5)]
  if (byteOrder !== 1) return 'a program for a big-endian machine'
  const machine = machines[start.readUInt16LE(18)] ?? `machine number ${start.readUInt16LE(18)}`
  if (!executableTypes.includes(start.readUInt16LE(16))) return `an object file for ${machine}`
  return wordSize === 2 || machine === '386' || machine === 'arm'
    ? machine
    : `a 32-bit program for ${machine}`
}

/** Throws EdgekitError when `start`, the beginning of `name`, is not a program for `arch`. */
export function requireProgram(start: Buffer, arch: Architecture, name: string): void {
  const found = describeProgram(start)
  if (found === arch) return
  throw new EdgekitError(`cannot use ${name}: expected a program for ${arch}, found ${found}`, {
    code: 'wrong-architecture',
    remedy: `Name a source with a program for ${arch}; if each architecture has its own, use \${arch} in the source.`,
  })
}

/** Throws EdgekitError when `file` is not a program for `arch`; `name` is its name in messages. */
export async function requireProgramFile(file: string, arch: Architecture, name: string): Promise<void> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(elfHeaderSize), 0, elfHeaderSize, 0)
    requireProgram(buffer.subarray(0, bytesRead), arch, name)
  } finally {
    await handle.close()
  }
}
