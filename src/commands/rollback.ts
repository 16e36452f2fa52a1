import { EdgekitCommand } from '../cli/command.ts'
import { interruptible } from '../cli/interrupt.ts'
import { requireRoot } from '../cli/require-root.ts'
import { undoInterrupted } from '../install/undo-interrupted.ts'
import { localNode } from '../node/node.ts'
import type { RollbackOutput } from '../ui/json/rollback.ts'
import { stepRunner } from '../ui/steps.ts'

export default class Rollback extends EdgekitCommand {
  static override summary = 'Roll back an interrupted install'
  static override description =
    'After a power cut, a kill or --no-rollback: restores the node to its state before the interrupted install, using its journal. To finish the install instead, run it again. A completed install cannot be rolled back.\n\nExit codes are those of edgekit install; 0 also when there is nothing to roll back.'
  static override examples = ['sudo edgekit rollback']

  async run(): Promise<RollbackOutput> {
    await this.parse(Rollback)
    requireRoot('rollback')
    const runStep = stepRunner({ silent: this.jsonEnabled() })
    const restored = await interruptible(
      signal => undoInterrupted(localNode(), runStep, signal),
      'some changes are rolled back; run edgekit rollback again to continue',
    )
    this.say(
      restored ? '\nAll changes were rolled back.' : 'Nothing to roll back: no install was interrupted.',
    )
    return { schemaVersion: 1, restored: restored ?? [] }
  }
}
