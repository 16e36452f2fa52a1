import { EdgekitCommand } from '../cli/command.ts'
import { interruptible } from '../cli/interrupt.ts'
import { undoInterrupted } from '../install/undo-interrupted.ts'
import { localNode } from '../node/node.ts'
import type { RollbackOutput } from '../ui/json/rollback.ts'
import { runSteps } from '../ui/steps.ts'

export default class Rollback extends EdgekitCommand {
  static override summary = 'Undo an install that was interrupted'
  static override description =
    'After a power cut, a kill or --no-rollback: puts the node back to how it was before that install began, with what its journal says. To finish the install instead, run it again. An install that has come to its end is not undone by this.\n\nExit codes: as of edgekit install; 0 also when there is nothing to undo.'
  static override examples = ['sudo edgekit rollback']

  async run(): Promise<RollbackOutput> {
    await this.parse(Rollback)
    const silent = this.jsonEnabled()
    const { restored } = await interruptible(
      signal => undoInterrupted(localNode(), steps => runSteps(steps, { silent }), signal),
      'what has been put back so far stays so; run edgekit rollback again',
    )
    this.say(
      restored
        ? '\nEverything that had been changed has been put back.'
        : 'Nothing to undo: no install was interrupted.',
    )
    return { schemaVersion: 1, restored: restored ?? [] }
  }
}
