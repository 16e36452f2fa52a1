import type { Action } from '../../actions/action.ts'
import { actions } from '../../actions/index.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'

const byKind = new Map<string, Action<unknown>>(Object.entries(actions))

/**
 * The action of a kind. Only the action defines which spec it takes: TypeScript cannot follow that through a lookup
 * or a file. Throws EdgekitError for a kind recorded by a newer edgekit.
 */
export function actionOf(kind: string): Action<unknown> {
  const action = byKind.get(kind)
  if (action) return action
  throw new EdgekitError(`cannot handle a recorded change of kind "${kind}": a newer edgekit made it`, {
    code: 'newer-edgekit',
    remedy: 'Use the newer edgekit:\n  /opt/edgekit/bin/edgekit',
  })
}

/** What a change did, as its step was called. */
export const changeTitle = ({
  kind,
  spec,
  before,
}: {
  kind: string
  spec: unknown
  before: unknown
}): string => {
  const action = actionOf(kind)
  return action.describe(spec, action.ownership && action.ownership(before) === 'modified')
}

/** What a change is going to do. Read-only. */
export async function titleOf({ kind, spec }: { kind: string; spec: unknown }, node: Node): Promise<string> {
  const action = actionOf(kind)
  return action.describe(spec, await action.isThere?.(spec, node))
}
