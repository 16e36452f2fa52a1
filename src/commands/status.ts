import { EdgekitCommand } from '../cli/command.ts'
import { requireRoot } from '../cli/require-root.ts'
import { hasPast } from '../install/record/past.ts'
import { type Status as InstallStatus, statusOf } from '../install/status.ts'
import { exitCodeHelp, statusExitCodes } from '../lib/exit-codes.ts'
import { localNode } from '../node/node.ts'
import type { StatusOutput } from '../ui/json/status.ts'
import { formatStatus } from '../ui/status.ts'

export default class Status extends EdgekitCommand {
  static override summary = 'Show what edgekit installed, what runs, and what has changed since'
  static override description =
    'Shows services, the link to the cloud, and the broker. Compares this machine with the receipt of the last install: files, units, images and the keys of edgecore.yaml that edgekit set. Read-only. To find out whether the node works, use edgekit doctor.\n\n' +
    exitCodeHelp('status')
  static override examples = ['sudo edgekit status', 'sudo edgekit status --json']

  async run(): Promise<StatusOutput> {
    await this.parse(Status)
    const node = localNode()
    // Everyone can see that there is nothing; what is there, only root.
    if (await hasPast(node.files)) requireRoot('status')
    const status = await statusOf(node)
    process.exitCode = exitCodeOf(status)
    this.say(formatStatus(status))
    return { schemaVersion: 1, ...status }
  }
}

function exitCodeOf({ installed, interrupted, differences }: InstallStatus): number {
  if (interrupted) return statusExitCodes.interrupted
  return installed && differences.length === 0 ? statusExitCodes.ok : statusExitCodes.changed
}
