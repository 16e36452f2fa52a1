import { ExecaError, execa } from 'execa'
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

const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n')

const shorten = (file: string, args: readonly string[]): string => {
  const whole = [file, ...args].join(' ')
  return whole.length > 100 ? `${whole.slice(0, 100)}…` : whole
}

/** For so long a program that was asked to end may tidy up, milliseconds. */
const graceMs = 3_000

/** End a program with all that it has started. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}

/** The types of execa know the first ten; it takes any. */
type ExtraDescriptor = 3

/** `held`: a file descriptor that each program holds too for as long as it runs, if there is one by then. */
export function localProcesses(held: () => number | undefined = () => undefined): Processes {
  const attempt: Processes['attempt'] = async (file, args, { timeoutMs, outlives }) => {
    const shown = shorten(file, args)
    await using output = outlives ? await unnamedFile() : undefined
    let straggling: NodeJS.Timeout | undefined
    try {
      const descriptor = held()
      const outputs = output ? (output.fd as ExtraDescriptor) : 'pipe'
      const program = execa(file, args, {
        preferLocal: false,
        stdio: [
          'ignore',
          outputs,
          outputs,
          ...(descriptor === undefined ? [] : [descriptor as ExtraDescriptor]),
        ],
        // In a process group of its own: Ctrl-C is for edgekit, which lets the command it has begun come to its end.
        detached: true,
        env: { LC_ALL: 'C', PATH: process.env['PATH'] ?? defaultPath },
        timeout: timeoutMs,
        reject: true,
      })
      // Asked to end, it may not, or leave others that hold its output open.
      straggling = setTimeout(() => endGroup(program.pid), timeoutMs + graceMs)
      const { exitCode, stdout, stderr } = await program
      return {
        exitCode: exitCode ?? 0,
        stdout: output ? await writtenTo(output) : (stdout ?? ''),
        stderr: stderr ?? '',
      }
    } catch (error) {
      if (!(error instanceof ExecaError)) throw error
      if (error.timedOut)
        throw new CommandError(`${shown}: no answer within ${timeoutMs / 1000} s`, { cause: error })
      if (error.code === 'ENOENT')
        throw new CommandError(`${file}: not found on this machine`, { cause: error })
      if (error.exitCode === undefined)
        throw new CommandError(`${shown}: ${error.shortMessage}`, { cause: error })
      return {
        exitCode: error.exitCode,
        stdout: output ? await writtenTo(output) : String(error.stdout ?? ''),
        stderr: String(error.stderr ?? ''),
      }
    } finally {
      clearTimeout(straggling)
    }
  }
  return {
    attempt,
    async run(file, args, options) {
      const result = await attempt(file, args, options)
      if (result.exitCode !== 0) {
        const said = lastLines(result.stderr || result.stdout, 10)
        throw new CommandError(`${shorten(file, args)}: exit code ${result.exitCode}${said && `: ${said}`}`)
      }
      return result
    },
  }
}
