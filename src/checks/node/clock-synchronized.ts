import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const clockSynchronized: Check = {
  id: 'clock-synchronized',
  title: 'System clock is synchronized',
  tags: ['preflight', 'doctor'],
  needs: ['clock'],
  run(facts) {
    const { synchronized } = requireFact(facts.clock)
    if (synchronized === undefined)
      return { status: 'skip', observed: 'unknown: timedatectl is not available' }
    if (synchronized) return { status: 'pass', observed: 'synchronized' }
    return {
      status: 'warn',
      observed: 'no time server synchronizes the clock',
      expected: 'a time server: as the clock drifts, certificates and tokens become invalid',
      remedy: {
        text: 'Enable time synchronization with a time server this node can reach.',
        commands: ['timedatectl set-ntp true', 'timedatectl timesync-status'],
      },
    }
  },
}
