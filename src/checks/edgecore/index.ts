import type { Check } from '../check.ts'
import { certificateExpiry } from './certificate-expiry.ts'
import { edgecoreActive } from './edgecore-active.ts'
import { edgecoreAtBoot } from './edgecore-at-boot.ts'
import { edgecoreCloud } from './edgecore-cloud.ts'
import { edgecoreConfigFile } from './edgecore-config-file.ts'
import { edgecoreConfigLoaded } from './edgecore-config-loaded.ts'
import { edgecoreConfigValid } from './edgecore-config-valid.ts'
import { edgecoreDatabase } from './edgecore-database.ts'
import { edgecoreHealth } from './edgecore-health.ts'
import { edgecoreLog } from './edgecore-log.ts'
import { edgecoreOrder } from './edgecore-order.ts'
import { edgecoreToken } from './edgecore-token.ts'
import { edgecoreEventBus } from './event-bus/edgecore-event-bus.ts'
import { eventBusClients } from './event-bus/event-bus-clients.ts'
import { eventBusTls } from './event-bus/event-bus-tls.ts'
import { imagesEvicted } from './images-evicted.ts'
import { nodeCertificate } from './node-certificate.ts'
import { podsStart } from './pods-start.ts'

/** In the order they run: what others need comes first. */
export const edgecoreChecks: readonly Check[] = [
  edgecoreConfigFile,
  edgecoreConfigValid,
  edgecoreEventBus,
  eventBusTls,
  eventBusClients,
  nodeCertificate,
  certificateExpiry,
  edgecoreToken,
  edgecoreDatabase,
  edgecoreLog,
  edgecoreActive,
  edgecoreAtBoot,
  edgecoreOrder,
  edgecoreConfigLoaded,
  edgecoreHealth,
  imagesEvicted,
  edgecoreCloud,
  podsStart,
]
