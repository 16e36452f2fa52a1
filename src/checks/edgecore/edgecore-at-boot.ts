import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { atBoot } from '../shared/at-boot.ts'

export const edgecoreAtBoot: Check = {
  id: 'edgecore-at-boot',
  title: 'EdgeCore starts at boot',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['systemd-is-init', 'edgecore-masked', 'foreign-units', 'install-finished'],
  run(facts) {
    const unit = requireFact(facts.units).edgecore
    if (unit.active === 'inactive' && unit.enabled === 'disabled')
      return { status: 'skip', observed: 'EdgeCore is stopped and disabled: not in use on this node' }
    return atBoot(unit)
  },
}
