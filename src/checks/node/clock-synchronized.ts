import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const clockSynchronized: Check = {
  id: 'clock-synchronized',
  title: 'The clock is kept right by a time server',
  tags: ['preflight', 'doctor'],
  needs: ['clock'],
  run(facts) {
    const { synchronized } = requireFact(facts.clock)
    if (synchronized === undefined)
      return { status: 'skip', observed: 'this machine does not tell (no timedatectl)' }
    if (synchronized) return { status: 'pass', observed: 'synchronised' }
    return {
      status: 'warn',
      observed: 'nothing keeps the clock right',
      expected: 'a time server: a clock that runs away makes certificates and tokens useless in the end',
      remedy: {
        text: 'Name a time server that this node reaches, one on the plant network say.',
        commands: ['timedatectl set-ntp true', 'timedatectl timesync-status'],
      },
    }
  },
}
