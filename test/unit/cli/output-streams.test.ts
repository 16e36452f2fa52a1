import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'

const program = [process.execPath, 'bin/edgekit.js'] as const
const run = (command: string) => execa('bash', ['-c', command], { reject: false })
const edgekit = program.join(' ')

test.each([
  ['a command', 'doctor --list', 0],
  ['help', 'bundle --help', 0],
  ['a mistake', 'doctor --lits', 2],
])('%s whose reader has left ends quietly with its exit code', async (_, words, code) => {
  const { exitCode, stderr } = await run(
    `set -o pipefail; { ${edgekit} ${words}; echo "exit code $?" >&3; } 3>&2 2>/dev/null | true`,
  )
  expect(stderr).toBe(`exit code ${code}`)
  expect(exitCode).toBe(0)
})

test('--watch ends when its reader has left', async () => {
  const watch = `{ sleep 1; ${edgekit} doctor --watch clock; } | true`
  expect((await execa('bash', ['-c', watch], { reject: false, timeout: 60_000 })).timedOut).toBe(false)
}, 70_000)

test('a full disk behind the output is an error', async () => {
  const { exitCode, stderr } = await run(`${edgekit} doctor --list >/dev/full`)
  expect(stderr).toContain('cannot write standard output: no space left on device')
  expect(exitCode).toBe(2)
})

test('so is a disk that takes a part of it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-output-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  // In bash, blocks of 1024 bytes. write(2) then writes less than it was given, as on a disk that gets full.
  const output = join(directory, 'output')
  const { exitCode, stderr } = await run(`ulimit -f 2; ${edgekit} doctor --list >${output}`)
  expect((await stat(output)).size).toBe(2048)
  expect(stderr).toContain('cannot write standard output: ')
  expect(exitCode).toBe(2)
})
