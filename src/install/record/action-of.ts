import type { Action } from '../../actions/action.ts'
import { actions } from '../../actions/index.ts'
import { EdgekitError } from '../../lib/errors.ts'

/**
 * The action of a kind, which also says which spec it takes; TypeScript cannot follow that through a lookup, nor
 * through a file. Throws EdgekitError for a kind that a newer edgekit has written down.
 */
export function actionOf(kind: string): Action<unknown> {
  const action = Object.hasOwn(actions, kind) ? actions[kind as keyof typeof actions] : undefined
  if (action) return action as unknown as Action<unknown>
  throw new EdgekitError(
    `a newer edgekit was at work on this node: "${kind}" is a change that this one does not know`,
    {
      code: 'newer-edgekit',
      remedy: 'Use the edgekit that was used last. Nothing has been changed.',
    },
  )
}
