import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { exitCodes } from '../../../src/lib/exit-codes.ts'
import { localLock } from '../../../src/node/edgekit-lock.ts'
import { localProcesses } from '../../../src/node/processes/processes.ts'

let path: string
beforeEach(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-lock-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  path = join(directory, 'lock')
})

const lockModule = new URL('../../../src/node/edgekit-lock.ts', import.meta.url).href
const processesModule = new URL('../../../src/node/processes/processes.ts', import.meta.url).href

/** Another process that takes the lock, keeps it, and then runs `then`. */
async function otherProcess(then = 'setTimeout(() => {}, 60_000)') {
  const program = `
    import { localLock } from ${JSON.stringify(lockModule)}
    import { localProcesses } from ${JSON.stringify(processesModule)}
    const lock = localLock(${JSON.stringify(path)})
    await lock.take('edgekit install')
    ${then}
    process.stdout.write('taken')`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

test('the first process takes the lock, and the second one gets an error that names it', async () => {
  const other = await otherProcess()
  await expect(localLock(path).take('edgekit rollback')).rejects.toMatchObject({
    exitCode: exitCodes.locked,
    remedy: 'Wait until it has finished, then run this command again.',
    message: expect.stringMatching(
      new RegExp(
        `^another edgekit is running on this node: edgekit install \\(process ${other.pid}, since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\)`,
      ),
    ),
  })
})

test('others see who holds the lock as long as that process runs', async () => {
  expect(localLock(path).holder()).toBeUndefined()
  const other = await otherProcess()
  expect(localLock(path).holder()).toMatchObject({ command: 'edgekit install', pid: other.pid })
  other.kill('SIGKILL')
  await once(other, 'exit')
  expect(localLock(path).holder()).toBeUndefined()
})

test('a process is not another one that holds its own lock', async () => {
  const lock = localLock(path)
  await lock.take('edgekit doctor --fix')
  expect(lock.holder()).toBeUndefined()
})

test('the kernel releases the lock when the process is killed', async () => {
  const other = await otherProcess()
  other.kill('SIGKILL')
  await once(other, 'exit')
  expect(await localLock(path).take('edgekit install')).toBe(true)
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid })
})

test('a program that a killed process had started holds the lock until it ends', async () => {
  const other = await otherProcess(
    "void localProcesses(() => lock.descriptor).run('sleep', ['1'], { timeoutMs: 60_000 })",
  )
  other.kill('SIGKILL')
  await once(other, 'exit')
  const lock = localLock(path)
  expect(await lock.take('edgekit install')).toBe(false)
  expect(lock.heldBy()).toEqual([expect.stringMatching(/^sleep 1 \(process \d+\)$/)])
  while (!(await lock.take('edgekit install'))) await sleep(50)
})

test('a process with the pid of a former holder does not count as the holder', async () => {
  const other = await otherProcess(
    "void localProcesses(() => lock.descriptor).run('sleep', ['1'], { timeoutMs: 60_000 })",
  )
  const holder = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...holder, pid: process.pid }))
  expect(await localLock(path).take('edgekit install')).toBe(false)
  other.kill('SIGKILL')
})

test('refuses when the lock file cannot be opened', async () => {
  await expect(localLock(join(path, 'below/nothing')).take('edgekit install')).rejects.toMatchObject({
    exitCode: exitCodes.refused,
    message: `cannot open ${join(path, 'below/nothing')}: no such file or directory`,
    remedy: 'Run edgekit as root.',
  })
})

test('a program that starts before the lock is taken does not inherit it', async () => {
  const { stdout } = await localProcesses(() => undefined).run('sh', ['-c', 'ls /proc/self/fd'], {
    timeoutMs: 10_000,
  })
  expect(stdout.split('\n')).not.toContain('4')
})
