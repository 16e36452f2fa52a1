import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const containerdAtBoot: Check = {
  id: 'containerd-at-boot',
  title: 'containerd starts at boot',
  tags: ['preflight', 'doctor'],
  needs: ['containerd-masked'],
  run(facts) {
    const { load, enabled, name } = requireFact(facts.units).containerd
    if (load !== 'loaded') return { status: 'skip', observed: `${name} does not exist` }
    // `static` and `indirect`: another unit starts it. mosquitto.service also starts it, so this is never a failure.
    if (['enabled', 'static', 'indirect', 'alias', 'generated'].includes(enabled)) {
      return { status: 'pass', observed: enabled }
    }
    return {
      status: 'warn',
      observed: `${name} is ${enabled || 'not enabled'}`,
      expected: 'enabled: now only mosquitto.service starts it',
      remedy: {
        text: 'Enable the unit.',
        commands: [`systemctl enable ${name}`],
        fix: { kind: 'enable', unit: name },
      },
    }
  },
}
