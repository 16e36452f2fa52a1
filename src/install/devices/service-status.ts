import { readHealth, type ServiceHealth } from '../../devices/client/health.ts'
import { readServiceFiles, settingsWith } from '../../devices/service-settings.ts'
import { hostPort } from '../../lib/format.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import { isUnknown } from '../../node/systemd.ts'

/** How the installed service is. Plain data without secrets. */
export interface ServiceStatus {
  /** As systemd names it: `active`, `failed`, … */
  state: string
  /** ISO 8601; undefined when it does not run. */
  since: string | undefined
  atBoot: boolean
  /** How often systemd has restarted it. */
  restarts: number
  /** HOST:PORT */
  broker: string
  database: string
  http: string
  /** Undefined when it does not answer. */
  health: ServiceHealth | undefined
}

/** Undefined when the service is not installed. Throws EdgekitError when its settings have mistakes. Read-only. */
export async function serviceStatus(node: Node): Promise<ServiceStatus | undefined> {
  const unit = await node.systemd.unit(units.devices)
  if (isUnknown(unit)) return undefined
  const { broker, databasePath, http } = settingsWith(await readServiceFiles(node.files))
  return {
    state: unit.active,
    since: unit.activeForMs === undefined ? undefined : new Date(Date.now() - unit.activeForMs).toISOString(),
    atBoot: unit.enabled === 'enabled',
    restarts: unit.restarts,
    broker: hostPort(broker.host, broker.port),
    database: databasePath,
    http: hostPort(http.address, http.port),
    health: await readHealth(node.network, http).catch(() => undefined),
  }
}

/** Everything that devices publish is stored. */
export const isHealthy = (status: ServiceStatus | undefined): boolean =>
  status?.health?.broker === 'connected' && status.health.database === 'ok'
