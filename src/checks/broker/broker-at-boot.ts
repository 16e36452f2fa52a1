import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { atBoot } from '../shared/at-boot.ts'

export const brokerAtBoot: Check = {
  id: 'broker-at-boot',
  title: 'Broker starts at boot',
  tags: ['checklist', 'doctor'],
  needs: ['systemd-is-init', 'broker-masked', 'foreign-units', 'install-finished'],
  run: facts => atBoot(requireFact(facts.units).broker),
}
