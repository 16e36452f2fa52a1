import type { ChildProcess } from 'node:child_process'
import { execa } from 'execa'
import { messageOf } from '../../lib/errors.ts'

interface RunOptions {
  /** After this time the program is stopped. */
  timeoutMs: number
  /** Stops the program as well; its reason becomes the reason of the failure. */
  signal?: AbortSignal | undefined
  /** What it reads from its standard input; nothing by default. */
  input?: string
  /** A file descriptor that takes both of its outputs, which the outcome then lacks. */
  outputTo?: number | undefined
  /** A file descriptor that it inherits as number 3, and so keeps open. */
  held?: number | undefined
  /** It runs in its own process group: Ctrl-C is not for it, and it does not end when edgekit does. */
  independent?: boolean
}

interface Output {
  stdout: string
  stderr: string
}

/** How a program ended: with an exit code, or why there is none. */
export type Outcome = Output & ({ exitCode: number } | { failure: string; started: boolean })

/** systemd.exec(5), DEFAULT_PATH: the environment of a unit may have no PATH. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** How long a stopped program may clean up before it is killed. */
const graceMs = 3_000

/** A program runs without a shell and prints English; the way it ends is a result, not an exception. */
const common = () =>
  ({
    reject: false,
    forceKillAfterDelay: graceMs,
    env: { LC_ALL: 'C', PATH: process.env['PATH'] ?? defaultPath },
  }) as const

/** Start a program whose standard output the caller reads as it comes. */
export const streamProgram = (file: string, args: readonly string[]) =>
  execa(file, args, { ...common(), stdin: 'ignore', buffer: { stdout: false }, encoding: 'buffer' })

/** execa passes any file descriptor on, but its types list only those from 3 to 9. */
const descriptor = (fd: number) => fd as 3

/** Run a program to its end. Never throws and never hangs. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Outcome> {
  const { timeoutMs, signal } = options
  const late = AbortSignal.timeout(timeoutMs)
  const end = AbortSignal.any(signal ? [signal, late] : [late])
  const stopped = (printed = { stdout: '', stderr: '' }, but = ''): Outcome => {
    const reason =
      end.reason === late.reason ? `no answer within ${timeoutMs / 1000} s` : messageOf(end.reason)
    return { ...printed, failure: `${reason}${but}`, started: true }
  }
  if (end.aborted) return stopped()
  const program = start(file, args, options, end)
  const stuck = new Promise<undefined>(resolve => {
    const giveUp = () => isStuck(program.nodeChildProcess) && resolve(undefined)
    end.addEventListener('abort', () => setTimeout(giveUp, 2 * graceMs).unref(), { once: true })
  })
  const result = await Promise.race([program, stuck])
  if (!result) return stopped(undefined, ', and SIGKILL does not end it')
  const { exitCode, code, cause, signal: by } = result
  const printed = { stdout: result.stdout ?? '', stderr: result.stderr ?? '' }
  if (end.aborted) return stopped(printed)
  if (exitCode !== undefined) return { ...printed, exitCode }
  if (by) return { ...printed, failure: `ended by ${by}`, started: true }
  const failure = code === 'ENOENT' ? 'not found on this machine' : messageOf(cause)
  return { ...printed, failure, started: false }
}

function start(file: string, args: readonly string[], options: RunOptions, end: AbortSignal) {
  const { input, held, independent = false } = options
  const output = options.outputTo === undefined ? 'pipe' : descriptor(options.outputTo)
  const extra = held === undefined ? [] : [descriptor(held)]
  return execa(file, args, {
    ...common(),
    ...(input === undefined ? {} : { input }),
    stdio: [input === undefined ? 'ignore' : 'pipe', output, output, ...extra],
    // edgekit may have been started in a directory that is gone, or that its user cannot enter.
    ...(independent && { cwd: '/' }),
    cancelSignal: end,
    killDescendants: independent,
    cleanup: !independent,
  })
}

/**
 * Let go of a program that was killed: a daemon that it started may still hold its outputs. Returns whether the program
 * itself is still there because it waits in the kernel, as `sync` does for a disk that is gone.
 */
function isStuck(child: ChildProcess): boolean {
  child.stdout?.destroy()
  child.stderr?.destroy()
  child.unref()
  return child.exitCode === null && child.signalCode === null
}
