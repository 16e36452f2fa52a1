import { minorOf } from '../../edgecore/version.ts'
import type { Facts } from '../../facts/index.ts'

/** Since this minor version, MetaServer reads and writes other columns of EdgeCore's database (v1.22.2, v1.23.1: table meta_v2). */
const otherColumnsSince = 23

/**
 * A note when EdgeCore's MetaServer will have nothing to serve after an upgrade or downgrade: what it has is not converted,
 * and the cloud that sends it again is away.
 */
export function metaServerNotes(from: string, to: string, { edgecoreConfig, edgecoreLog }: Facts): string[] {
  const crosses = minorOf(from) < otherColumnsSince !== minorOf(to) < otherColumnsSince
  const config = 'value' in edgecoreConfig ? edgecoreConfig.value.config : undefined
  const isConnected = 'value' in edgecoreLog && edgecoreLog.value.cloud === 'connected'
  if (!crosses || isConnected || !config?.metaServer.enable.value) return []
  return [
    `MetaServer will have empty lists after the change from ${from} to ${to} until the cloud sends its objects again, and the cloud is not connected now`,
  ]
}
