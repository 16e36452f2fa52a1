import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const containerdAtBoot: Check = {
  id: 'containerd-at-boot',
  title: 'containerd starts when the machine does',
  tags: ['preflight', 'doctor'],
  needs: ['masked-units'],
  run(facts) {
    const { load, enabled, name } = requireFact(facts.units).containerd
    if (load !== 'loaded') return { status: 'skip', observed: `there is no ${name}` }
    // `static` and `indirect`: something else starts it. The broker's unit wants it as well, so it is no failure.
    if (['enabled', 'static', 'indirect', 'alias', 'generated'].includes(enabled)) {
      return { status: 'pass', observed: enabled }
    }
    return {
      status: 'warn',
      observed: `${name} is ${enabled || 'not enabled'}`,
      expected: 'enabled: now only mosquitto.service brings it up',
      remedy: {
        text: 'Enable it.',
        commands: [`systemctl enable ${name}`],
        fix: { kind: 'enable', unit: name },
      },
    }
  },
}
