import { ChildProcess } from 'node:child_process'
import { expect, onTestFinished, test, vi } from 'vitest'
import { CommandError } from '../../../../src/node/processes/command-error.ts'
import { localProcesses } from '../../../../src/node/processes/processes.ts'

const processes = localProcesses()
const patient = { timeoutMs: 20_000 }
const sh = (script: string) => ['-c', script]

test('returns the outputs of a program that succeeds', async () => {
  expect(await processes.run('sh', sh('echo out; echo err >&2'), patient)).toEqual({
    exitCode: 0,
    stdout: 'out',
    stderr: 'err',
  })
})

test('attempt returns any exit code', async () => {
  expect(await processes.attempt('sh', sh('echo out; echo err >&2; exit 3'), patient)).toEqual({
    exitCode: 3,
    stdout: 'out',
    stderr: 'err',
  })
})

test('a program that outlives edgekit writes to a file, and its output is shown', async () => {
  const script = sh('readlink /proc/self/fd/1; echo err >&2; exit 3')
  const { exitCode, stdout } = await processes.attempt('sh', script, { ...patient, outlives: true })
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: expect.stringMatching(/^\/run\/.*\nerr\n$/) })
  await expect(processes.run('sh', script, { ...patient, outlives: true })).rejects.toThrow(
    /exit code 3: .*\nerr$/,
  )
})

test.each([
  ['its errors', 'echo out; echo err >&2; exit 3', /exit code 3: err$/],
  ['what it printed, without errors', 'echo out; exit 3', /exit code 3: out$/],
  ['only the exit code, when it said nothing', 'exit 3', /exit code 3$/],
  ['the last ten lines', 'seq 20 >&2; exit 1', /exit code 1: 11\n12\n13\n14\n15\n16\n17\n18\n19\n20$/],
])('a failure reports %s', async (_, script, message) => {
  const failed = processes.run('sh', sh(script), patient)
  await expect(failed).rejects.toThrow(CommandError)
  await expect(failed).rejects.toThrow(message)
})

test.each(['run', 'attempt'] as const)('%s stops a program that does not end in time', async call => {
  const started = performance.now()
  const late = processes[call]('sleep', ['20'], { timeoutMs: 200 })
  await expect(late).rejects.toThrow(CommandError)
  await expect(late).rejects.toThrow('sleep 20: no answer within 0.2 s')
  expect(performance.now() - started).toBeLessThan(10_000)
})

test('a slow machine gets more time', async () => {
  const late = localProcesses(undefined, 3).run('sleep', ['20'], { timeoutMs: 100 })
  await expect(late).rejects.toThrow('sleep 20: no answer within 0.3 s')
})

test.each(['run', 'attempt'] as const)('%s reports a missing program', async call => {
  const missing = processes[call]('no-such-program', ['x'], patient)
  await expect(missing).rejects.toThrow(CommandError)
  await expect(missing).rejects.toThrow('no-such-program: not found on this machine')
})

test.each([
  ['that will not be stopped', 'trap "" TERM; sleep 20 & wait; wait; sleep 20'],
  ['that leaves another that holds its output', 'sleep 20 & exit 0'],
  ['that leaves another, which has gone its own way', 'setsid sleep 20 & exit 0'],
])(
  'a program %s is not waited for',
  async (_, script) => {
    const late = processes.run('sh', sh(script), { timeoutMs: 200 })
    await expect(late).rejects.toThrow('no answer within 0.2 s')
  },
  15_000,
)

test('does not wait for a program that survives SIGKILL', async () => {
  // As one behaves that waits in the kernel for a disk that is gone.
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  const end = vi.spyOn(ChildProcess.prototype, 'kill').mockReturnValue(true)
  const stuck = processes.run('sleep', ['20'], { timeoutMs: 200 })
  await expect(stuck).rejects.toThrow('sleep 20: no answer within 0.2 s, and SIGKILL does not end it')
  const group = kill.mock.calls[0]?.[0] ?? 0
  for (const mock of [kill, end]) mock.mockRestore()
  process.kill(group, 'SIGKILL')
}, 15_000)

test('an aborted signal ends a program, with the reason', async () => {
  const stop = new AbortController()
  const ended = processes.run('sleep', ['20'], { ...patient, signal: stop.signal })
  stop.abort(new Error('nobody waits for it'))
  await expect(ended).rejects.toThrow(CommandError)
  await expect(ended).rejects.toThrow('sleep 20: nobody waits for it')
  const never = processes.run('sleep', ['20'], { ...patient, signal: stop.signal })
  await expect(never).rejects.toThrow('sleep 20: nobody waits for it')
})

test('long output with multi-byte characters', async () => {
  const { stdout } = await processes.run('sh', sh('seq -f "%.0fä€" 100000'), patient)
  expect(stdout.split('\n')).toEqual(Array.from({ length: 100_000 }, (_, index) => `${index + 1}ä€`))
})

test('reports a program that cannot be started', async () => {
  const failed = processes.run('/etc/passwd', [], patient)
  await expect(failed).rejects.toThrow(CommandError)
  await expect(failed).rejects.toThrow('/etc/passwd: permission denied')
})

test('reports a program that is killed', async () => {
  const killed = processes.attempt('sh', sh('kill -9 $$'), patient)
  await expect(killed).rejects.toThrow(CommandError)
  await expect(killed).rejects.toThrow(/SIGKILL$/)
})

test.each([false, true])('the error has the output so far, outlives: %s', async outlives => {
  const late = processes.attempt('sh', sh('echo no space left >&2; sleep 20'), { timeoutMs: 300, outlives })
  await expect(late).rejects.toThrow(/no answer within 0.3 s: no space left$/)
})

test('truncates a long command line in a message', async () => {
  const failed = processes.run('sh', [...sh('exit 1'), 'x'.repeat(200)], patient)
  await expect(failed).rejects.toThrow(`sh -c exit 1 ${'x'.repeat(87)}…: exit code 1`)
})

test('runs programs in English whatever the locale of the machine', async () => {
  vi.stubEnv('LC_ALL', 'de_DE.UTF-8')
  onTestFinished(() => void vi.unstubAllEnvs())
  const { stdout } = await processes.run('sh', sh('echo "$LC_ALL"'), patient)
  expect(stdout).toBe('C')
})
