import type { Check } from '../check.ts'
import { devicesActive } from './devices-active.ts'
import { devicesAtBoot } from './devices-at-boot.ts'
import { devicesBroker } from './devices-broker.ts'
import { devicesDatabase } from './devices-database.ts'
import { devicesDeadLetters } from './devices-dead-letters.ts'

/** In the order they run: what others need comes first. */
export const devicesChecks: readonly Check[] = [
  devicesActive,
  devicesAtBoot,
  devicesBroker,
  devicesDatabase,
  devicesDeadLetters,
]
