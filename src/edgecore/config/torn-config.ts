import { readKeys } from './yaml-document.ts'

/**
 * Keys from all parts of edgecore.yaml that every version (v1.12 to v1.23) has, and no version of EdgeCore changes or drops
 * when it rewrites the file.
 */
const lasting: readonly string[] = [
  'database.dataSource',
  'modules.deviceTwin.enable',
  'modules.edgeHub.httpServer',
  'modules.edgeHub.websocket.server',
  'modules.edgeStream.enable',
  'modules.edged.hostnameOverride',
  'modules.eventBus.mqttMode',
  'modules.eventBus.mqttServerExternal',
  'modules.metaManager.metaServer.enable',
  'modules.serviceBus.enable',
]

/**
 * Whether the writing of `now` was cut off, given the whole edgecore.yaml from before: EdgeCore v1.21 and later rewrites the
 * file of another version by truncating it (WriteTo, componentconfig v1alpha2 helper.go). Then it is empty, half or no YAML,
 * or, after another start, all defaults. `set`: values that something else may have set since.
 */
export function isTornConfig(
  before: string,
  now: string | undefined,
  set: Readonly<Record<string, unknown>> = {},
): boolean {
  if (now === undefined || now.trim() === '') return true
  const [whole, found] = [keysIn(before), keysIn(now)]
  if (!whole || !found) return whole !== undefined
  return lasting.some(key => {
    const value = whole(key)
    return (
      value !== undefined &&
      value !== null &&
      found(key) !== value &&
      !(key in set && found(key) === set[key])
    )
  })
}

function keysIn(text: string): ((path: string) => unknown) | undefined {
  try {
    return readKeys(text)
  } catch {
    return undefined
  }
}
