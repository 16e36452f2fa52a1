import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Args } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { createRedactor } from '../../doctor/redact.ts'
import { explainLog, type LogExplanation } from '../../edgecore/log/explain-log.ts'
import { readLogFile } from '../../edgecore/log/journal-text.ts'
import { type LogLine, readEdgecoreLog } from '../../edgecore/log/read-log.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { exitCodeHelp, explainExitCodes } from '../../lib/exit-codes.ts'
import { localNode } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import { formatLogExplanation } from '../../ui/log-explanation.ts'

export default class EdgecoreExplain extends EdgekitCommand {
  static override summary = 'Say what a log of EdgeCore means: state, cause, evidence, what to do'
  static override description =
    'Reads a log file of EdgeCore, or what journalctl -u edgecore printed, with any --output; without FILE the journal of this node. It judges the last start of EdgeCore in it, as edgekit doctor does.\n\n' +
    exitCodeHelp('explain')
  static override examples = [
    'sudo edgekit edgecore explain',
    'edgekit edgecore explain /var/log/kubeedge/edgecore.log',
    'journalctl -u edgecore -o export | edgekit edgecore explain -',
  ]
  static override args = {
    file: Args.string({
      ignoreStdin: true,
      description: 'a log, - for standard input (default: the journal of this node)',
    }),
  }

  async run(): Promise<LogExplanation> {
    const { args } = await this.parse(EdgecoreExplain)
    const redactor = createRedactor()
    const explanation = redactor.data(
      explainLog(readEdgecoreLog(await linesOf(args.file), { now: new Date() })),
    )
    process.exitCode = exitCodeOf(explanation)
    this.say(formatLogExplanation(explanation))
    return explanation
  }
}

async function linesOf(file: string | undefined): Promise<LogLine[]> {
  const { files, journal } = localNode()
  if (file === undefined) return journal.lines(units.edgecore, { max: 5000 })
  if (file === '-') return readLogFile(await buffer(process.stdin))
  const bytes = await files.bytes(resolve(file))
  if (bytes) return readLogFile(bytes)
  throw new EdgekitError(`${file} does not exist`, { code: 'file-unreadable' })
}

function exitCodeOf({ state, cause }: LogExplanation): number {
  if (cause !== undefined) return explainExitCodes.failed
  return state === 'unknown' ? explainExitCodes.unknown : explainExitCodes.ok
}
