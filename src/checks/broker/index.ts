import type { Check } from '../check.ts'
import { brokerCertificate } from './access/broker-certificate.ts'
import { brokerConfD } from './access/broker-conf-d.ts'
import { brokerPasswords } from './access/broker-passwords.ts'
import { brokerActive } from './broker-active.ts'
import { brokerAtBoot } from './broker-at-boot.ts'
import { brokerCapacity } from './broker-capacity.ts'
import { brokerImage } from './broker-image.ts'
import { brokerListening } from './broker-listening.ts'
import { brokerLog } from './broker-log.ts'
import { brokerLogDrained } from './broker-log-drained.ts'
import { brokerLogin } from './broker-login.ts'
import { brokerPort } from './broker-port.ts'
import { brokerRoundTrip } from './broker-round-trip.ts'
import { brokerStable } from './broker-stable.ts'
import { brokerData } from './messages/broker-data.ts'
import { brokerDatabase } from './messages/broker-database.ts'
import { brokerDisk } from './messages/broker-disk.ts'
import { brokerDurableSession } from './messages/broker-durable-session.ts'
import { brokerLosses } from './messages/broker-losses.ts'
import { brokerSaves } from './messages/broker-saves.ts'
import { oneBroker } from './one-broker.ts'

/** In the order they run: what others need comes first. */
export const brokerChecks: readonly Check[] = [
  brokerPort,
  oneBroker,
  brokerImage,
  brokerData,
  brokerDisk,
  brokerDatabase,
  brokerConfD,
  brokerCertificate,
  brokerPasswords,
  brokerLog,
  brokerActive,
  brokerAtBoot,
  brokerStable,
  brokerSaves,
  brokerLosses,
  brokerListening,
  brokerLogDrained,
  brokerCapacity,
  brokerLogin,
  brokerRoundTrip,
  brokerDurableSession,
]
