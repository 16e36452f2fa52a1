import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { atBoot } from '../shared/at-boot.ts'

export const brokerAtBoot: Check = {
  id: 'broker-at-boot',
  title: 'The broker starts when the node is switched on',
  tags: ['checklist', 'doctor'],
  needs: ['systemd-is-init', 'masked-units', 'foreign-units'],
  run: facts => atBoot(requireFact(facts.units).broker),
}
