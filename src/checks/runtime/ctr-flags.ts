import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** The flags edgekit and mosquitto.service use. `ctr` has no stable interface, so its help is read. */
const used = {
  import: ['platform'],
  run: ['rm', 'net-host', 'read-only', 'seccomp', 'memory-limit', 'cap-drop', 'mount', 'detach', 'log-uri'],
} as const

export const ctrFlags: Check = {
  id: 'ctr-flags',
  title: 'ctr supports the flags edgekit uses',
  tags: ['preflight'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers'],
  run(facts) {
    const found = requireFact(facts.ctr)
    const missing = [
      ...used.import.filter(flag => !found.import.includes(flag)).map(flag => `ctr images import --${flag}`),
      ...used.run.filter(flag => !found.run.includes(flag)).map(flag => `ctr run --${flag}`),
    ]
    if (missing.length === 0) return { status: 'pass', observed: 'all flags' }
    return {
      status: 'fail',
      observed: `unsupported: ${missing.join(', ')}`,
      expected: 'the ctr of containerd 1.6 or later',
      remedy: {
        text: 'Upgrade containerd. With two ctr programs installed, the first in PATH is used.',
        commands: ['apt-get install containerd', 'type -a ctr'],
      },
    }
  },
}
