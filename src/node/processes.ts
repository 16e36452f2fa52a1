import { CommandError } from './command-error.ts'
import { runProgram } from './run-program.ts'
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

/** `held`: a file descriptor that each program holds too for as long as it runs, if there is one by then. */
export function localProcesses(held: () => number | undefined = () => undefined): Processes {
  const attempt: Processes['attempt'] = async (file, args, { timeoutMs, outlives }) => {
    const shown = shorten(file, args)
    await using output = outlives ? await unnamedFile() : undefined
    const descriptor = held()
    const outputs = output?.fd ?? 'pipe'
    const ended = await runProgram(file, args, {
      stdio: ['ignore', outputs, outputs, ...(descriptor === undefined ? [] : [descriptor])],
      env: { ...process.env, LC_ALL: 'C', PATH: process.env['PATH'] ?? defaultPath },
      timeoutMs,
    })
    if (ended.late) throw new CommandError(`${shown}: no answer within ${timeoutMs / 1000} s`)
    if (ended.failure?.code === 'ENOENT')
      throw new CommandError(`${file}: not found on this machine`, { cause: ended.failure })
    if (ended.failure) throw new CommandError(`${shown}: ${ended.failure.message}`, { cause: ended.failure })
    if (ended.exitCode === null) throw new CommandError(`${shown}: ended by ${ended.signal}`)
    return {
      exitCode: ended.exitCode,
      stdout: output ? await writtenTo(output) : ended.stdout,
      stderr: ended.stderr,
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
