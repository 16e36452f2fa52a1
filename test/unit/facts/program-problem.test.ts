import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { program } from '../../../lab/bundles/program.ts'
import { programProblem } from '../../../src/facts/program-problem.ts'
import { localFiles } from '../../../src/node/files.ts'
import { machineArch } from '../../../src/node/machine.ts'

const own = machineArch() === 'arm64' ? 'arm64' : 'amd64'
const foreign = own === 'arm64' ? 'amd64' : 'arm64'

test.each([
  ['a program for this machine', program(own), undefined],
  ['one for another architecture', program(foreign), `PATH is for ${foreign}`],
  ['an empty file', Buffer.alloc(0), 'PATH is empty'],
  ['a script', Buffer.from('#!/bin/sh\n'), undefined],
])('%s', async (_, content, expected) => {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-program-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'runc')
  await writeFile(path, content)
  expect(await programProblem(path, localFiles())).toBe(expected?.replace('PATH', path))
})
