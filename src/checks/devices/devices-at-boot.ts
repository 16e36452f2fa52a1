import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { atBoot } from '../shared/at-boot.ts'

export const devicesAtBoot: Check = {
  id: 'devices-at-boot',
  title: 'Device service starts at boot',
  tags: ['doctor'],
  needs: ['systemd-is-init'],
  run: facts =>
    requireFact(facts.deviceService)
      ? atBoot(requireFact(facts.units).devices)
      : { status: 'skip', observed: 'the device service is not installed' },
}
