import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { atBoot } from '../shared/at-boot.ts'

export const edgecoreAtBoot: Check = {
  id: 'edgecore-at-boot',
  title: 'EdgeCore starts when the node is switched on',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['systemd-is-init', 'masked-units', 'foreign-units'],
  run(facts) {
    const unit = requireFact(facts.units).edgecore
    if (unit.active === 'inactive' && unit.enabled === 'disabled')
      return { status: 'skip', observed: 'EdgeCore neither runs nor is it to start: it is not in use here' }
    return atBoot(unit)
  },
}
