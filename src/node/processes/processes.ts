import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { messageOf } from '../../lib/errors.ts'
import { CommandError } from './command-error.ts'
import { unnamedFile, writtenTo } from './unnamed-file.ts'

interface CommandOptions {
  /** Nothing hangs: after this many milliseconds the command is stopped and the call throws. */
  timeoutMs: number
  /**
   * It comes to its end also when edgekit is killed: a program that finds its output closed dies of SIGPIPE. What it
   * says on both of its outputs is the `stdout` of the result.
   */
  outlives?: boolean
  /** Ends the command as its time-out does; the reason of the signal is what the error says. */
  signal?: AbortSignal
}

interface CommandResult {
  exitCode: number
  stdout: string
  stderr: string
}

export interface Processes {
  /** Run a program without a shell. Throws CommandError unless it ends with exit code 0. */
  run(file: string, args: readonly string[], options: CommandOptions): Promise<CommandResult>
  /** The same, but any exit code is an answer; throws only if the program is missing or does not end in time. */
  attempt(file: string, args: readonly string[], options: CommandOptions): Promise<CommandResult>
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Its last ten lines, if it has said anything. */
function lastWords({ stdout, stderr }: Pick<CommandResult, 'stdout' | 'stderr'>): string[] {
  const said = (stderr || stdout).trimEnd()
  return said ? [said.split('\n').slice(-10).join('\n')] : []
}

const shorten = (file: string, args: readonly string[]): string => {
  const whole = [file, ...args].join(' ')
  return whole.length > 100 ? `${whole.slice(0, 100)}…` : whole
}

/** For so long a program that was asked to end may tidy up, milliseconds. */
const graceMs = 3_000

/** End a program with all that it has started, and wait for its outputs no longer: others may hold them. */
function endAll({ pid, stdout, stderr }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
  stdout?.destroy()
  stderr?.destroy()
}

/** One that waits in the kernel, as `sync` for a disk that is gone, is not even ended by SIGKILL. */
function giveUp(program: ChildProcess, reason: string): void {
  program.unref()
  program.emit('error', new Error(`${reason}, and SIGKILL does not end it`))
}

/** Gathers what is read from now on. */
function gather(output: Readable | null): () => string {
  let text = ''
  output?.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  return () => text.replace(/\n$/, '')
}

/** `held`: a file descriptor that each program holds too for as long as it runs, if there is one by then. */
export function localProcesses(held: () => number | undefined = () => undefined): Processes {
  const attempt: Processes['attempt'] = async (file, args, { timeoutMs, outlives, signal: stop }) => {
    const shown = shorten(file, args)
    await using output = outlives ? await unnamedFile() : undefined
    const descriptor = held()
    const outputs = output?.fd ?? 'pipe'
    const timers: NodeJS.Timeout[] = []
    let endedFor: string | undefined
    let onStop = () => {}
    try {
      stop?.throwIfAborted()
      // An install runs some thirty programs, and a library for that takes 2 ms for each, and 20 before the first.
      const program = spawn(file, args, {
        stdio: ['ignore', outputs, outputs, ...(descriptor === undefined ? [] : [descriptor])],
        // In a process group of its own: Ctrl-C is for edgekit, which lets the command it has begun come to its end.
        detached: true,
        env: { ...process.env, LC_ALL: 'C', PATH: process.env['PATH'] ?? defaultPath },
      })
      const end = (reason: string) => {
        endedFor ??= reason
        program.kill()
        timers.push(setTimeout(endAll, graceMs, program))
        timers.push(setTimeout(giveUp, 2 * graceMs, program, reason))
      }
      timers.push(setTimeout(end, timeoutMs, `no answer within ${timeoutMs / 1000} s`))
      onStop = () => end(messageOf(stop?.reason))
      stop?.addEventListener('abort', onStop)
      const [stdout, stderr] = [gather(program.stdout), gather(program.stderr)]
      const [exitCode, signal] = (await once(program, 'close')) as [number | null, string | null]
      const said = { stdout: output ? await writtenTo(output) : stdout(), stderr: stderr() }
      if (exitCode !== null && !endedFor) return { exitCode, ...said }
      throw new Error([endedFor ?? `ended by ${signal}`, ...lastWords(said)].join(': '))
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      throw new CommandError(
        isMissing ? `${file}: not found on this machine` : `${shown}: ${messageOf(error)}`,
        { cause: error },
      )
    } finally {
      stop?.removeEventListener('abort', onStop)
      for (const timer of timers) clearTimeout(timer)
    }
  }
  return {
    attempt,
    async run(file, args, options) {
      const result = await attempt(file, args, options)
      if (result.exitCode !== 0) {
        const parts = [shorten(file, args), `exit code ${result.exitCode}`, ...lastWords(result)]
        throw new CommandError(parts.join(': '))
      }
      return result
    },
  }
}
