import { Command, Flags, type Interfaces } from '@oclif/core'
import { EdgekitError } from '../lib/errors.ts'
import { CommandError } from '../node/processes/command-error.ts'
import { print } from '../ui/print.ts'
import { internalError } from './internal-error.ts'
import { surviveLostOutput } from './output-streams.ts'
import { reportError } from './report-error.ts'
import { systemError } from './system-error.ts'
import { usageError } from './usage-error.ts'

type Words = Record<string, unknown>

/** Base of all commands: `--json`, one way to read the command line, and one way to print output and errors. */
export abstract class EdgekitCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = {
    json: Flags.boolean({ helpGroup: 'GLOBAL', description: 'print the result as JSON' }),
  }

  /**
   * The exit code shows what became of this machine, and stands when the output is lost: always, or only with the flag.
   */
  static keepsExitCode: boolean | `--${string}` = false

  protected override async init(): Promise<void> {
    surviveLostOutput()
    await super.init()
  }

  /** Print a line to stdout, except with `--json`. */
  protected say(text = ''): void {
    if (!this.jsonEnabled()) print(`${text}\n`)
  }

  override logJson(json: unknown): void {
    print(`${JSON.stringify(json, null, 2)}\n`)
  }

  /**
   * Flags and arguments in any order: by default oclif lets a flag that can be repeated take all words after it, and
   * reads a missing argument from standard input, which belongs to the loop or script around edgekit.
   */
  protected override async parse<F extends Words, B extends Words, A extends Words>(
    command: Interfaces.Input<F, B, A>,
    words = this.argv,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    this.parsed = true
    for (const flag of Object.values(command.flags ?? {}))
      if (flag.type === 'option') flag.multipleNonGreedy = true
    for (const arg of Object.values(command.args ?? {})) arg.ignoreStdin = true
    return await super.parse(command, words)
  }

  protected override async catch(error: Error): Promise<void> {
    const flags = { ...this.ctor.baseFlags, ...this.ctor.flags }
    const known = Object.entries(flags).flatMap(([name, { hidden, type }]) =>
      hidden ? [] : [`--${name}`, ...(type === 'boolean' ? [`--no-${name}`] : [])],
    )
    const usage = usageError(error, (this.id ?? '').replaceAll(':', ' '), [...known, '--help'])
    reportError(usage ?? toEdgekitError(error), { json: this.jsonEnabled() })
  }
}

function toEdgekitError(error: Error): EdgekitError {
  if (error instanceof EdgekitError) return error
  if (error instanceof CommandError)
    return new EdgekitError(`cannot run ${error.message}`, { code: 'command-failed', cause: error })
  const ofSystem = systemError(error)
  if (ofSystem) return ofSystem
  if (process.env['EDGEKIT_DEBUG']) print(`${error.stack}\n`, process.stderr)
  return internalError(error.message, error)
}
