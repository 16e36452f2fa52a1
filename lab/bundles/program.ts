/** The ELF header of a program for an architecture, enough for everything that does not run it. */
export function program(architecture: 'amd64' | 'arm64', size = 64): Buffer {
  const start = Buffer.alloc(size)
  start.write('\x7fELF\x02\x01\x01', 'latin1')
  start.writeUInt16LE(2, 16)
  start.writeUInt16LE(architecture === 'arm64' ? 183 : 62, 18)
  return start
}
