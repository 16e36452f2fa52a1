import { isDeepStrictEqual } from 'node:util'
import { isStartingOrActive } from '../../actions/services/unit-running.ts'
import type { Facts } from '../../facts/index.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { units } from '../../node/paths.ts'
import type { NodeSettings } from '../request/node-settings.ts'
import type { Plan } from './plan.ts'

/**
 * Throws EdgekitError (refused) when EdgeCore of a node to be staged runs, is being restarted, or starts at boot. Stopping
 * it is not for an install to decide: it may run the pods of a site.
 */
export function refuseUnderRunningEdgecore({ stage }: NodeSettings, { undo }: Plan, facts: Facts): void {
  if (!stage || !('value' in facts.units)) return
  const { active, enabled } = facts.units.value.edgecore
  // What an interrupted install has started and enabled, this one reverts first.
  const reverts = (id: string, before: object): boolean =>
    undo.some(change => change.id === id && isDeepStrictEqual(change.before, before))
  const runs = isStartingOrActive(active) && !reverts(units.edgecore, { tried: false })
  if (!runs && (enabled !== 'enabled' || reverts(`enable ${units.edgecore}`, { enabled: false }))) return
  throw new EdgekitError(
    `cannot stage this node: ${units.edgecore} ${runs ? (active === 'active' ? 'is running' : 'is being restarted') : 'starts at boot'}`,
    {
      code: 'edgecore-running',
      remedy: `Stop and disable EdgeCore first, or add --no-stage to keep it running:\n  systemctl disable --now edgecore`,
    },
  )
}
