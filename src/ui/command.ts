import { Command } from '@oclif/core'
import { EdgekitError, exitCodes, messageOf } from '../errors.ts'
import { paint, wrap } from './text.ts'

/** What all commands share: `--json`, and one way to say what went wrong. */
export abstract class EdgekitCommand extends Command {
  static override enableJsonFlag = true

  /** A line for people, on stdout; silent with `--json`. */
  protected say(text = ''): void {
    if (!this.jsonEnabled()) process.stdout.write(`${text}\n`)
  }

  protected override async catch(error: Error & { oclif?: unknown }): Promise<void> {
    if (!(error instanceof EdgekitError)) {
      if (error.oclif) throw error
      return this.fail(
        `internal error: ${messageOf(error)}`,
        exitCodes.internal,
        'Please report this with the command you ran.',
        error.stack,
      )
    }
    return this.fail(error.message, error.exitCode, error.remedy)
  }

  private fail(message: string, exitCode: number, remedy?: string, stack?: string): void {
    process.exitCode = exitCode
    if (this.jsonEnabled()) {
      const detail = { message, exitCode, ...(remedy && { remedy }) }
      process.stdout.write(`${JSON.stringify({ error: detail }, null, 2)}\n`)
      return
    }
    const lines = [wrap(`${paint('red', 'edgekit:', process.stderr)} ${message}`)]
    if (remedy) lines.push(wrap(`What to do: ${remedy}`, 2))
    if (stack && process.env['EDGEKIT_DEBUG']) lines.push(stack)
    process.stderr.write(`${lines.join('\n')}\n`)
  }
}
