import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runProgram } from '../../../../src/node/processes/run-program.ts'

const timeoutMs = 20_000
const sh = (script: string) => ['-c', script]

async function temporaryFile() {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-program-'))
  const path = join(directory, 'file')
  const file = await open(path, 'a+')
  onTestFinished(async () => {
    await file.close()
    await rm(directory, { recursive: true })
  })
  return { path, fd: file.fd }
}

test('the program inherits a held descriptor as number 3', async () => {
  const { path, fd } = await temporaryFile()
  const { stdout } = await runProgram('sh', sh('readlink /proc/self/fd/3'), { timeoutMs, held: fd })
  expect(stdout).toBe(path)
})

test('both outputs go to a descriptor', async () => {
  const { path, fd } = await temporaryFile()
  const outcome = await runProgram('sh', sh('echo out; echo err >&2'), { timeoutMs, outputTo: fd })
  expect(outcome).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  expect(await readFile(path, 'utf8')).toBe('out\nerr\n')
})

test.each([true, false])(
  'a program has its own process group if it is independent: %s',
  async independent => {
    // Fields 4 and 5 of proc_pid_stat(5), after the name in parentheses: parent and process group.
    const script = 'read -r stat </proc/$$/stat; set -- ${stat##*) }; [ "$3" = $$ ]'
    const outcome = await runProgram('sh', sh(script), { timeoutMs, independent })
    expect(outcome).toMatchObject({ exitCode: independent ? 0 : 1 })
  },
)

test('a program that did not start is reported as such', async () => {
  expect(await runProgram('no-such-program', [], { timeoutMs })).toMatchObject({
    failure: 'not found on this machine',
    started: false,
  })
})
