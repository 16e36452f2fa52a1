import { expect, test } from 'vitest'
import { CommandError } from '../../../../src/node/processes/command-error.ts'
import { localPrograms } from '../../../../src/node/processes/programs.ts'

const programs = localPrograms()
const sh = (script: string) => ['-c', script]

async function read(script: string): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of programs.output('sh', sh(script))) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('ask passes input on and returns any exit code', async () => {
  expect(await programs.ask('sh', sh('cat; exit 3'), 'question')).toMatchObject({
    exitCode: 3,
    stdout: 'question',
  })
})

test('ask does not repeat what the program printed, which may be a secret', async () => {
  const late = localPrograms(200).ask('sh', sh('echo secret; echo secret >&2; exec sleep 20'), '')
  await expect(late).rejects.toThrow(CommandError)
  await expect(late).rejects.toThrow(/^sh: no answer within 0\.2 s$/)
})

test.each([
  ['ask', () => programs.ask('no-such-program', [], '')],
  ['output', () => programs.output('no-such-program', [])[Symbol.asyncIterator]().next()],
])('%s reports a missing program', async (_, call) => {
  await expect(call()).rejects.toThrow('no-such-program: not found on this machine')
})

test('output returns everything, byte for byte', async () => {
  expect(await read('printf "one\\n\\n"; echo two >&2')).toBe('one\n\n')
})

test('output fails with the last three lines of the errors', async () => {
  await expect(read('seq 5 >&2; exit 4')).rejects.toThrow('sh -c seq 5 >&2; exit 4: exit code 4: 3\n4\n5')
})

test('output stops the program when its reader stops', async () => {
  const started = performance.now()
  for await (const chunk of programs.output('sh', sh('echo started; exec sleep 20'))) {
    expect(Buffer.from(chunk).toString()).toBe('started\n')
    break
  }
  expect(performance.now() - started).toBeLessThan(10_000)
})
