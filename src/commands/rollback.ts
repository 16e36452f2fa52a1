import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../cli/command.ts'
import { interruptible } from '../cli/interrupt.ts'
import { requireRoot } from '../cli/require-root.ts'
import { returnToPrevious } from '../install/return-to-previous.ts'
import { undoInterrupted } from '../install/undo-interrupted.ts'
import { localNode } from '../node/node.ts'
import type { RollbackOutput } from '../ui/json/rollback.ts'
import { rollbackOutput } from '../ui/rollback-output.ts'
import { stepRunner } from '../ui/steps.ts'

export default class Rollback extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Roll back an interrupted install, or the last upgrade'
  static override description =
    'After a power cut, a kill or --no-rollback: restores the node to its state before the interrupted install, using its journal. To finish the install instead, run it again.\n\nWith --to-previous: undoes the last upgrade, which was completed, with the programs, configuration and images that it has kept. EdgeCore keeps its database, which has what the cloud has sent since; only if the previous EdgeCore does not run with it, the copy from before the upgrade is restored.\n\nEdgeCore must stay up afterwards, or the exit code is 5. Exit codes are those of edgekit install; 0 also when there is nothing to roll back.'
  static override examples = ['sudo edgekit rollback', 'sudo edgekit rollback --to-previous']
  static override flags = {
    'to-previous': Flags.boolean({
      description: 'undo the last upgrade: return to the version that ran before it',
    }),
  }

  async run(): Promise<RollbackOutput> {
    const { flags } = await this.parse(Rollback)
    requireRoot('rollback')
    const runStep = stepRunner({ silent: this.jsonEnabled() })
    const { text, data } = await interruptible(
      async signal =>
        rollbackOutput(
          flags['to-previous']
            ? await returnToPrevious(localNode(), this.config.version, runStep, signal)
            : await undoInterrupted(localNode(), runStep, signal),
        ),
      'some changes are rolled back; run edgekit rollback again to continue',
    )
    this.say(text)
    return data
  }
}
