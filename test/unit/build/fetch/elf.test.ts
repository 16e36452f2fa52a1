import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeProgram, requireProgramFile } from '../../../../src/build/fetch/elf.ts'

interface Header {
  wordSize?: number
  byteOrder?: number
  type?: number
  machine?: number
}

function elf({ wordSize = 2, byteOrder = 1, type = 2, machine = 62 }: Header): Buffer {
  const start = Buffer.alloc(20)
  start.write('\x7fELF', 'latin1')
  start.writeUInt8(wordSize, 4)
  start.writeUInt8(byteOrder, 5)
  start.writeUInt16LE(type, 16)
  start.writeUInt16LE(machine, 18)
  return start
}

test.each<[string, Buffer]>([
  ['amd64', elf({})],
  ['arm64', elf({ machine: 183, type: 3 })],
  ['386', elf({ machine: 3, wordSize: 1 })],
  ['arm', elf({ machine: 40, wordSize: 1 })],
  ['a 32-bit program for amd64', elf({ wordSize: 1 })],
  ['a program for a big-endian machine', elf({ byteOrder: 2 })],
  ['an object file for amd64', elf({ type: 1 })],
  ['an object file for arm64', elf({ type: 4, machine: 183 })],
  ['riscv64', elf({ machine: 243 })],
  ['machine number 9999', elf({ machine: 9999 })],
  ['a script', Buffer.from('#!/bin/sh\n')],
  ['a gzip archive', Buffer.from([0x1f, 0x8b, 8, 0])],
  ['not an ELF executable', Buffer.from('<html>not found</html>')],
  ['not an ELF executable', elf({}).subarray(0, 19)],
  ['an empty file', Buffer.alloc(0)],
])('%s', (name, start) => {
  expect(describeProgram(start)).toBe(name)
})

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-elf-'))
})
afterAll(() => rm(directory, { recursive: true }))

test('refuses a program for another architecture', async () => {
  const file = join(directory, 'program')
  await writeFile(file, elf({ machine: 183 }))
  await expect(requireProgramFile(file, 'amd64', 'bin/keadm')).rejects.toMatchObject({
    exitCode: 3,
    message: 'cannot use bin/keadm: expected a program for amd64, found arm64',
  })
  await requireProgramFile(file, 'arm64', 'bin/keadm')
})
