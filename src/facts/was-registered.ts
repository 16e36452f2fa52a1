import type { Facts } from './index.ts'

/**
 * Whether the cloud has ever registered this node, which then works offline too. Undefined when that cannot be read, and
 * where EdgeCore registers nothing because its kubelet (edged) is disabled.
 */
export function wasRegistered({
  edgecoreConfig,
  edgecoreDatabase,
  edgecoreLog,
}: Pick<Facts, 'edgecoreConfig' | 'edgecoreDatabase' | 'edgecoreLog'>): boolean | undefined {
  const config = 'value' in edgecoreConfig ? edgecoreConfig.value.config : undefined
  if (config && !config.edged.enable.value) return undefined
  const stored = 'value' in edgecoreDatabase ? edgecoreDatabase.value.wasRegistered : undefined
  // The log of a node that only believes so is no proof, and its beginning may be gone.
  const logged = 'value' in edgecoreLog && edgecoreLog.value.registered === true
  return stored === undefined && logged ? true : stored
}
