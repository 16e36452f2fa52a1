import type { DeviceServiceFacts } from '../../facts/device-service.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import type { UnitFacts } from '../../facts/units.ts'
import type { Finding } from '../check.ts'

type Health = Exclude<DeviceServiceFacts['health'], { failure: string }>

/** The service of a node that has it, with its health; otherwise why a check is skipped. */
export function answeringService(
  facts: Facts,
): { service: DeviceServiceFacts; health: Health; unit: UnitFacts } | Finding {
  const service = requireFact(facts.deviceService)
  if (!service) return { status: 'skip', observed: 'the device service is not installed' }
  const { health } = service
  if ('failure' in health) return { status: 'skip', observed: 'the device service does not answer yet' }
  return { service, health, unit: requireFact(facts.units).devices }
}

/** It connects again every 5 s, and a broker that was restarted first reads its database. */
export const startingMs = 15_000

export const showLog = 'journalctl -u edgekit-devices -n 20 --no-pager'
export const restart = 'systemctl restart edgekit-devices'
