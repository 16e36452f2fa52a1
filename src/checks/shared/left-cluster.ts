import type { Facts } from '../../facts/index.ts'

/**
 * Whether an installed node has lost everything EdgeCore had, as after `keadm reset`: it deletes /etc/kubeedge,
 * /var/lib/kubeedge and the unit (v1.22.2, v1.23.1), and leaves programs and broker. What is unknown is not lost.
 */
export function hasLeftCluster({ edgecoreConfig, certificates, edgecoreDatabase, bundle }: Facts): boolean {
  if (!('value' in edgecoreConfig && 'value' in certificates && 'value' in edgecoreDatabase)) return false
  const { config, problem } = edgecoreConfig.value
  const isConfigured = config !== undefined || problem !== undefined
  const isJoined = certificates.value.node !== undefined
  const hasDatabase = edgecoreDatabase.value.size !== undefined
  return 'value' in bundle && bundle.value !== undefined && !isConfigured && !isJoined && !hasDatabase
}
