import { Command } from '@oclif/core'
import { EdgekitError } from '../lib/errors.ts'
import { CommandError } from '../node/processes/command-error.ts'
import { reportError } from './report-error.ts'

/** Base of all commands: `--json`, and one way to print output and errors. */
export abstract class EdgekitCommand extends Command {
  static override enableJsonFlag = true

  /** Print a line to stdout, except with `--json`. */
  protected say(text = ''): void {
    if (!this.jsonEnabled()) process.stdout.write(`${text}\n`)
  }

  protected override async catch(error: Error & { oclif?: { exit: number } }): Promise<void> {
    const json = this.jsonEnabled()
    // oclif prints its own errors (unknown flags) and its own exits (--help), but as text only.
    if (error.oclif && !(json && error.oclif.exit)) throw error
    reportError(toEdgekitError(error), { json })
  }
}

function toEdgekitError(error: Error & { oclif?: { exit: number } }): EdgekitError {
  if (error instanceof EdgekitError) return error
  if (error.oclif) return new EdgekitError(error.message, { code: 'invalid-usage' })
  if (error instanceof CommandError)
    return new EdgekitError(error.message, { code: 'command-failed', cause: error })
  if (process.env['EDGEKIT_DEBUG']) process.stderr.write(`${error.stack}\n`)
  return new EdgekitError(`internal error: ${error.message}`, {
    code: 'internal-error',
    remedy: 'Run the command again with EDGEKIT_DEBUG=1 and report the output.',
    cause: error,
  })
}
