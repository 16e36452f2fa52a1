import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const systemdIsInit: Check = {
  id: 'systemd-is-init',
  title: 'systemd runs this machine',
  tags: ['preflight', 'doctor'],
  run(facts) {
    if (requireFact(facts.machine).systemdIsInit) return { status: 'pass', observed: 'systemd is the init' }
    return {
      status: 'fail',
      observed: '/run/systemd/system does not exist',
      expected: 'systemd as init: it starts the broker and EdgeCore and keeps them running',
      remedy: {
        text: 'Install on a machine that was started by systemd, not in a plain container or chroot.',
      },
    }
  },
}
