import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const systemdIsInit: Check = {
  id: 'systemd-is-init',
  title: 'systemd is the init system',
  tags: ['preflight', 'doctor'],
  run(facts) {
    if (requireFact(facts.machine).systemdIsInit) return { status: 'pass', observed: 'systemd' }
    return {
      status: 'fail',
      observed: '/run/systemd/system does not exist',
      expected: 'systemd as the init system: it starts the broker and EdgeCore and restarts them',
      remedy: {
        text: 'Install on a machine booted with systemd, not in a container or chroot.',
      },
    }
  },
}
