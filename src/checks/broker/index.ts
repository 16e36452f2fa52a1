import type { Check } from '../check.ts'
import { brokerActive } from './broker-active.ts'
import { brokerAtBoot } from './broker-at-boot.ts'
import { brokerData } from './broker-data.ts'
import { brokerDurableSession } from './broker-durable-session.ts'
import { brokerImage } from './broker-image.ts'
import { brokerListening } from './broker-listening.ts'
import { brokerLog } from './broker-log.ts'
import { brokerLogDrained } from './broker-log-drained.ts'
import { brokerLogin } from './broker-login.ts'
import { brokerPort } from './broker-port.ts'
import { brokerRoundTrip } from './broker-round-trip.ts'
import { brokerStable } from './broker-stable.ts'
import { oneBroker } from './one-broker.ts'

/** In the order they run: what others need comes first. */
export const brokerChecks: readonly Check[] = [
  brokerPort,
  oneBroker,
  brokerImage,
  brokerData,
  brokerLog,
  brokerActive,
  brokerAtBoot,
  brokerStable,
  brokerListening,
  brokerLogDrained,
  brokerLogin,
  brokerRoundTrip,
  brokerDurableSession,
]
