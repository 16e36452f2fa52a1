import { Command } from '@oclif/core'
import { EdgekitError, exitCodes } from '../lib/errors.ts'
import { CommandError } from '../node/processes/command-error.ts'
import { reportError } from './report-error.ts'

/** What all commands share: `--json`, and one way to say what went wrong. */
export abstract class EdgekitCommand extends Command {
  static override enableJsonFlag = true

  /** A line for people, on stdout; silent with `--json`. */
  protected say(text = ''): void {
    if (!this.jsonEnabled()) process.stdout.write(`${text}\n`)
  }

  protected override async catch(error: Error & { oclif?: { exit: number } }): Promise<void> {
    if (error instanceof EdgekitError) return this.report(error)
    // What oclif itself throws (a wrong flag, --help) it also shows, but for people only.
    if (error.oclif && !(this.jsonEnabled() && error.oclif.exit)) throw error
    if (error.oclif) return this.report(new EdgekitError(error.message, { exitCode: error.oclif.exit }))
    if (error instanceof CommandError) {
      return this.report(new EdgekitError(error.message, { exitCode: exitCodes.internal, cause: error }))
    }
    if (process.env['EDGEKIT_DEBUG']) process.stderr.write(`${error.stack}\n`)
    return this.report(
      new EdgekitError(`internal error: ${error.message}`, {
        exitCode: exitCodes.internal,
        remedy: 'Run it again with EDGEKIT_DEBUG=1 and report what it prints.',
        cause: error,
      }),
    )
  }

  private report(error: EdgekitError): void {
    reportError(error, { json: this.jsonEnabled() })
  }
}
