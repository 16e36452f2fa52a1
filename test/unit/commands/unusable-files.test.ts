import { execFileSync } from 'node:child_process'
import {
  chmod,
  chown,
  constants,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  open,
  rm,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { besidesProgress } from '../../progress.ts'
import { bundleFiles, unpack } from '../install/bundle.ts'
import { type EveryCommand, everyCommand } from './every-command.ts'
import { loadEverything, nobody, runAs } from './run-as-user.ts'
import type { CommandResult } from './run-command.ts'

/** Bytes that are neither text nor compressed. */
const binary = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256))
let directory: string

beforeAll(async () => {
  await loadEverything()
  directory = await mkdtemp(join(tmpdir(), 'edgekit-files-'))
  await unpack(bundleFiles().files, join(directory, 'bundle'))
  await writeFile(join(directory, 'file'), 'modules: {}\n')
  await copyFile('bundles/edge.yaml', join(directory, 'edge.yaml'))
  await mkdir(join(directory, 'directory'))
  execFileSync('mkfifo', ['--mode=666', join(directory, 'fifo')])
  await mkdir(join(directory, 'locked'))
  await writeFile(join(directory, 'locked/file'), '')
  await chmod(join(directory, 'locked'), 0)
  await chmod(directory, 0o755)
  if (process.getuid?.() === 0) await chown(directory, nobody, nobody)
})
afterAll(() => rm(directory, { recursive: true }))

const runAsUser = (Command: EveryCommand['Command'], ...words: string[]): Promise<CommandResult> =>
  runAs(directory, Command, ...words)

/** Paths that cannot be what a user means, in the directory of this test. */
const unusable = ['directory', 'fifo', 'locked/file', 'missing/file', 'file/below-a-file']

/** Arguments that lead a command to its files: by name, so that a new command is covered too. */
function usualArgs({ args }: EveryCommand): string[] {
  const usual: Record<string, string> = {
    bundle: join(directory, 'bundle'),
    check: 'clock',
    of: 'report',
    device: 'd1',
    params: '{}',
    // Nothing listens there.
    url: 'mqtt://127.0.0.1:1',
  }
  return Object.keys(args).flatMap(name =>
    // A role is a definition in the checkout, which only root may be able to read.
    name === 'role' ? ['--file', join(directory, 'edge.yaml')] : (usual[name] ?? join(directory, 'file')),
  )
}

const withoutOptional = ({ args, ...command }: EveryCommand): EveryCommand => ({
  ...command,
  args: Object.fromEntries(Object.entries(args).filter(([, { required }]) => required)),
})

/** The flags without which a command does not start, except one. */
const neededFlags = ({ flags }: EveryCommand, except: string): string[] =>
  Object.entries(flags).flatMap(([name, flag]) =>
    flag.required && flag.type === 'option' && name !== except ? [`--${name}`, join(directory, 'file')] : [],
  )

const safe = ({ flags }: EveryCommand): string[] =>
  ['--offline', '--dry-run'].filter(flag => flag.slice(2) in flags)

/** Ends a read of the FIFO that would otherwise wait forever, and with it this test. */
async function endHungRead(): Promise<void> {
  await sleep(5_000, undefined, { ref: false })
  const fifo = await open(join(directory, 'fifo'), constants.O_WRONLY | constants.O_NONBLOCK).catch(() => {})
  await fifo?.close()
}

const flagRows = everyCommand.flatMap(command =>
  Object.entries(command.flags).flatMap(([flag, spec]) =>
    spec.type === 'option' && !spec.options
      ? unusable.map(what => ({ ...command, command, flag, helpValue: spec.helpValue, what }))
      : [],
  ),
)

test.each(flagRows)('$id --$flag $what', async ({ command, Command, flag, helpValue, what }) => {
  const path = join(directory, what)
  void endHungRead()
  // The flag takes the place of an argument of the same kind.
  const args = [
    ...usualArgs(flag === 'file' ? withoutOptional(command) : command),
    ...neededFlags(command, flag),
  ]
  const { stdout, stderr, exitCode } = await runAsUser(Command, ...args, ...safe(command), `--${flag}`, path)
  expectForUser(stdout + stderr, exitCode)
  expect((await lstat(join(directory, 'fifo'))).isFIFO()).toBe(true)
  if (!/^(?:FILE|KEY|PUB)$/.test(String(helpValue))) return
  expect(stderr.replaceAll(/\s+/g, ' '), stdout).toMatch(new RegExp(`--${flag}\\b|${RegExp.escape(path)}`))
  expect([2, 3]).toContain(exitCode)
})

const argRows = everyCommand.flatMap(command =>
  Object.entries(command.args).flatMap(([arg, { options }], at) =>
    options ? [] : unusable.map(what => ({ ...command, command, arg, at, what })),
  ),
)

test.each(argRows)('$id $arg $what', async ({ command, Command, at, what }) => {
  void endHungRead()
  const args = usualArgs(command).with(at, join(directory, what))
  const { stdout, stderr, exitCode } = await runAsUser(Command, ...args, ...safe(command))
  expectForUser(stdout + stderr, exitCode)
  expect(stderr, stdout).not.toBe('')
  expect([2, 3]).toContain(exitCode)
})

/** Files of a kind that only few commands want. */
const contentRows = everyCommand.flatMap(command =>
  ['binary', 'empty'].flatMap(what => [
    ...Object.keys(command.args).map((name, at) => ({
      ...command,
      name,
      what,
      words: (path: string) => usualArgs(command).with(at, path),
    })),
    ...Object.entries(command.flags).flatMap(([flag, spec]) =>
      spec.type === 'option' && !spec.options
        ? [
            {
              ...command,
              name: `--${flag}`,
              what,
              words: (path: string) => [
                ...usualArgs(flag === 'file' ? withoutOptional(command) : command),
                ...neededFlags(command, flag),
                `--${flag}`,
                path,
              ],
            },
          ]
        : [],
    ),
  ]),
)

test.each(contentRows)('$id $name $what', async ({ words, what, ...command }) => {
  const path = join(directory, what)
  await writeFile(path, what === 'empty' ? '' : binary)
  const { stdout, stderr, exitCode } = await runAsUser(command.Command, ...words(path), ...safe(command))
  expectForUser(command.id === 'licenses' ? stderr : stdout + stderr, exitCode)
  expect(stderr.split('\n').length).toBeLessThan(16)
})

/** A flag that takes a number or a time has one as the value in its help. */
const numberRows = everyCommand.flatMap(command =>
  Object.entries(command.flags).flatMap(([flag, spec]) =>
    spec.type === 'option' && /^\d/.test(spec.helpValue === undefined ? '' : String(spec.helpValue))
      ? ['99999999999999999999', '-1', '1e3', '5 parsecs', 'x', ''].map(value => ({
          ...command,
          command,
          flag,
          value,
        }))
      : [],
  ),
)

test.each(numberRows)('$id --$flag "$value"', async ({ command, Command, flag, value }) => {
  const args = [...usualArgs(withoutOptional(command)), ...neededFlags(command, flag)]
  const { stdout, stderr, exitCode } = await runAsUser(Command, ...args, `--${flag}`, value)
  expectForUser(stdout + stderr, exitCode)
  expect({ stderr, exitCode }).toEqual({ stderr: expect.stringContaining(`--${flag}`), exitCode: 2 })
})

const needRoot = ['install', 'upgrade', 'rollback', 'uninstall']

// The others are run by mosquitto.service.
const typed = everyCommand.filter(({ id }) => id !== 'broker:image' && id !== 'broker:wait')

test.each(typed)('$id as an ordinary user', async command => {
  const { stdout, stderr, exitCode } = await runAsUser(
    command.Command,
    ...usualArgs(command),
    ...safe(command),
  )
  // Licenses are texts of others.
  expectForUser(command.id === 'licenses' ? stderr : stdout + stderr, exitCode)
  // A pipe gets results only: what edgekit is doing goes to stderr.
  expect(besidesProgress(stdout)).toBe(stdout)
  if (!needRoot.includes(command.id)) return
  expect({ stdout, stderr, exitCode }).toEqual({
    stdout: '',
    stderr: `edgekit: cannot run edgekit ${command.id}: it must run as root\n  What to do: Run it with sudo: sudo edgekit ${command.id}\n`,
    exitCode: 3,
  })
})

test.each(typed)('$id with no more than it requires, as an ordinary user', async command => {
  const { args, Command } = command
  const required = usualArgs(command).slice(0, Object.values(args).filter(({ required }) => required).length)
  const { stdout, stderr, exitCode } = await runAsUser(Command, ...required, ...safe(command))
  expectForUser(command.id === 'licenses' ? stderr : stdout + stderr, exitCode)
  if (exitCode === 2) expect(stderr).toMatch(/^edgekit: (?:cannot|missing|invalid|no|\w+ requires) /m)
})

test('edgecore explain without access to the journal', async () => {
  const explain = typed.find(({ id }) => id === 'edgecore:explain') as EveryCommand
  vi.stubEnv('PATH', join(directory, 'locked'))
  expect(await runAsUser(explain.Command)).toEqual({
    stdout: '',
    stderr:
      'edgekit: cannot read the EdgeCore journal: permission denied\n  What to do: Run it as root, or name a file with the log:\n    sudo edgekit edgecore explain\n',
    exitCode: 3,
  })
})

test('status as an ordinary user, where nothing is installed', async () => {
  const status = typed.find(({ id }) => id === 'status') as EveryCommand
  expect(await runAsUser(status.Command)).toEqual({
    stdout: 'edgekit has installed nothing on this machine.\n',
    stderr: '',
    exitCode: 3,
  })
})

/** What no user may read: that edgekit is at fault, names of error numbers, texts of libraries, and temporary names. */
function expectForUser(output: string, exitCode: number): void {
  expect(output).not.toMatch(
    /internal error|\bE[A-Z]{4,}\b(?!-)|illegal operation|edgekit-part|unfinished|\n +at /,
  )
  expect(exitCode).not.toBe(1)
}
