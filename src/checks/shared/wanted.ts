import type { Facts } from '../../facts/index.ts'
import type { ListedCheck } from '../check.ts'

/** They look at what only a running EdgeCore does. */
const needsRunning = ({ id, group }: ListedCheck): boolean =>
  id === 'edgecore-active' || group === 'mqtt-path'
/** What EdgeCore and its pods need of a node, and a broker does without. */
const neededByEdgecore: readonly string[] = [
  'node-name',
  'default-route',
  'no-kubelet',
  'edgecore-ports',
  'cri-plugin',
  'cgroup-driver',
  'sandbox-image',
  'cni-config',
  'edgecore-config-drift',
]
const isAboutEdgecore = ({ id, group }: ListedCheck): boolean =>
  group === 'edgecore' || group === 'mqtt-path' || neededByEdgecore.includes(id)
/** They look whether something is edgekit's own. */
const isAboutOwner = ({ id }: ListedCheck): boolean => id === 'foreign-units' || id === 'broker-port'

/** Why a check says nothing about this node, because of what was asked for when it was installed; undefined otherwise. */
export function unwanted(
  check: ListedCheck,
  { installedSettings: wanted, units }: Facts,
): string | undefined {
  if (!('value' in wanted)) return undefined
  const { edgecore, adopt } = wanted.value
  if (adopt && isAboutOwner(check)) return 'what was there is used as it is (--adopt)'
  // Somebody has started it all the same: then it is worth a look.
  const runs = !('value' in units) || units.value.edgecore.active !== 'inactive'
  if (edgecore === 'running' || runs) return undefined
  if (edgecore === 'none') return isAboutEdgecore(check) ? 'this node is to have the broker only' : undefined
  return needsRunning(check) ? 'EdgeCore is prepared, and not to run yet (--stage)' : undefined
}
