import { Args } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { readFileOrStdin } from '../../cli/read-named-file.ts'
import { createRedactor } from '../../doctor/redact.ts'
import { explainLog, type LogExplanation } from '../../edgecore/log/explain-log.ts'
import { type EdgecoreLogState, readEdgecoreLog } from '../../edgecore/log/read-log.ts'
import { readSavedLog } from '../../edgecore/log/saved-log.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { exitCodeHelp, explainExitCodes } from '../../lib/exit-codes.ts'
import { localNode } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import type { JournalLine } from '../../node/systemd-journal.ts'
import { formatLogExplanation } from '../../ui/log-explanation.ts'

const maxLogBytes = 200_000_000

export default class EdgecoreExplain extends EdgekitCommand {
  static override summary = 'Explain an EdgeCore log: state, causes, proof, what to do'
  static override description =
    'Reads an EdgeCore log: a file of --log_file, syslog, or what journalctl -u edgecore prints with any --output, in any locale. Without FILE it reads the journal of this node. It judges the last start of EdgeCore in the log, as edgekit doctor does, and names the worst first: EdgeCore itself, the broker, the cloud, pods.\n\n' +
    exitCodeHelp('explain')
  static override examples = [
    'sudo edgekit edgecore explain',
    'edgekit edgecore explain /var/log/kubeedge/edgecore.log',
    'journalctl -u edgecore -o export | edgekit edgecore explain -',
  ]
  static override args = {
    file: Args.string({
      description: 'log file, or - for standard input (default: the journal of this node)',
    }),
  }

  async run(): Promise<LogExplanation> {
    const { args } = await this.parse(EdgecoreExplain)
    const redactor = createRedactor()
    const explanation = redactor.data(explainLog(await readLog(args.file)))
    process.exitCode = exitCodeOf(explanation)
    this.say(formatLogExplanation(explanation))
    return explanation
  }
}

async function readLog(file: string | undefined): Promise<EdgecoreLogState> {
  if (file === undefined) return readEdgecoreLog(await journalLines(), { now: new Date() })
  return readEdgecoreLog(readSavedLog(await readFileOrStdin(file, maxLogBytes)), {})
}

/** Root and the group systemd-journal may read the journal (systemd-journald.service(8)). */
async function journalLines(): Promise<JournalLine[]> {
  const node = localNode()
  try {
    return await node.journal.lines(units.edgecore, { max: 5000 })
  } catch (error) {
    if ((await node.machine()).isRoot) throw error
    throw new EdgekitError('cannot read the EdgeCore journal: permission denied', {
      code: 'permission-denied',
      remedy: 'Run it as root, or name a file with the log:\n  sudo edgekit edgecore explain',
      cause: error,
    })
  }
}

function exitCodeOf({ findings, state, cloud }: LogExplanation): number {
  if (findings.length > 0) return explainExitCodes.failed
  return state === 'unknown' && cloud === 'unknown' ? explainExitCodes.unknown : explainExitCodes.ok
}
