import { isStartingOrActive } from '../../actions/services/unit-running.ts'
import type { Facts } from '../../facts/index.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { paths, units } from '../../node/paths.ts'
import type { NodeSettings } from '../request/node-settings.ts'
import type { Plan } from './plan.ts'

const startedWith: readonly string[] = [paths.edgecore, paths.edgecoreUnit, paths.edgecoreDropIn]

/**
 * Throws EdgekitError (refused) when a staged install, which does not restart EdgeCore, would change what a running one was
 * started with: whether it gets along with that would only be seen at its next start, at a boot perhaps.
 */
export function refuseUnderRunningEdgecore({ stage }: NodeSettings, { steps }: Plan, facts: Facts): void {
  if (!stage || !('value' in facts.units) || !isStartingOrActive(facts.units.value.edgecore.active)) return
  const changed = steps.filter(({ id, kind }) => kind === 'edgecore-config' || startedWith.includes(id))
  if (changed.length === 0) return
  const list = changed.map(({ id }) => `  ${id}`).join('\n')
  throw new EdgekitError(
    `${units.edgecore} runs on this node, and a staged install does not restart it, but would change:\n${list}`,
    {
      code: 'edgecore-running',
      remedy: 'Use --no-stage, or stop it first: systemctl stop edgecore. Nothing has been changed.',
    },
  )
}
