import { isStartingOrActive } from '../../actions/services/unit-running.ts'
import type { Facts } from '../../facts/index.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { paths, units } from '../../node/paths.ts'
import type { NodeSettings } from '../request/node-settings.ts'
import type { Plan } from './plan.ts'

const edgecoreFiles: readonly string[] = [paths.edgecore, paths.edgecoreUnit, paths.edgecoreDropIn]

/**
 * Throws EdgekitError (refused) when a staged install, which does not restart EdgeCore, would change what a running
 * EdgeCore was started with: the result would show only at its next start, perhaps at boot.
 */
export function refuseUnderRunningEdgecore({ stage }: NodeSettings, { steps }: Plan, facts: Facts): void {
  if (!stage || !('value' in facts.units) || !isStartingOrActive(facts.units.value.edgecore.active)) return
  const changed = steps.filter(({ id, kind }) => kind === 'edgecore-config' || edgecoreFiles.includes(id))
  if (changed.length === 0) return
  const list = changed.map(({ id }) => `  ${id}`).join('\n')
  throw new EdgekitError(
    `nothing was changed: ${units.edgecore} is running, and --stage would change these files without restarting it:\n${list}`,
    {
      code: 'edgecore-running',
      remedy: 'Stop EdgeCore first, or install with --no-stage:\n  systemctl stop edgecore',
    },
  )
}
