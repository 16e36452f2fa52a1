import { CommandError } from './command-error.ts'
import { type Outcome, runProgram } from './run-program.ts'
import { unnamedFile, writtenTo } from './unnamed-file.ts'

interface CommandOptions {
  /** After this time the program is stopped, and the call throws; later on a slow machine. */
  timeoutMs: number
  /**
   * Let the program finish even when edgekit is killed: one that finds its output closed dies of SIGPIPE. Both of its
   * outputs become the `stdout` of the result.
   */
  outlives?: boolean
  /** Stops the program as the time-out does; the error gives the reason of the signal. */
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
  /** The same for any exit code: throws CommandError only when the program is missing or does not end by itself. */
  attempt(file: string, args: readonly string[], options: CommandOptions): Promise<CommandResult>
}

/** The last ten lines of its output, if there are any. */
function lastWords({ stdout, stderr }: Pick<CommandResult, 'stdout' | 'stderr'>): string[] {
  const text = (stderr || stdout).trimEnd()
  return text ? [text.split('\n').slice(-10).join('\n')] : []
}

const shorten = (file: string, args: readonly string[]): string => {
  const whole = [file, ...args].join(' ')
  return whole.length > 100 ? `${whole.slice(0, 100)}…` : whole
}

async function runIndependent(
  file: string,
  args: readonly string[],
  held: number | undefined,
  options: CommandOptions,
): Promise<Outcome> {
  const { timeoutMs, signal } = options
  await using output = options.outlives ? await unnamedFile() : undefined
  const outcome = await runProgram(file, args, {
    timeoutMs,
    signal,
    held,
    outputTo: output?.fd,
    independent: true,
  })
  return output ? { ...outcome, stdout: await writtenTo(output) } : outcome
}

/**
 * `held` returns a file descriptor that each program inherits and so keeps open, if there is one by then. Time-outs are
 * multiplied by `slowness`.
 */
export function localProcesses(held: () => number | undefined = () => undefined, slowness = 1): Processes {
  const attempt: Processes['attempt'] = async (file, args, options) => {
    const timeoutMs = options.timeoutMs * slowness
    const outcome = await runIndependent(file, args, held(), { ...options, timeoutMs })
    if ('exitCode' in outcome) return outcome
    throw new CommandError(
      [outcome.started ? shorten(file, args) : file, outcome.failure, ...lastWords(outcome)].join(': '),
    )
  }
  return {
    attempt,
    async run(file, args, options) {
      const result = await attempt(file, args, options)
      if (result.exitCode === 0) return result
      throw new CommandError(
        [shorten(file, args), `exit code ${result.exitCode}`, ...lastWords(result)].join(': '),
      )
    },
  }
}
