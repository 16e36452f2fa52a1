import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** What edgekit and mosquitto.service use. `ctr` promises nothing from one version to the next, so it is asked. */
const used = {
  import: ['platform'],
  run: ['rm', 'net-host', 'read-only', 'seccomp', 'memory-limit', 'cap-drop', 'mount'],
} as const

export const ctrFlags: Check = {
  id: 'ctr-flags',
  title: 'ctr has the flags that edgekit uses',
  tags: ['preflight'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers'],
  run(facts) {
    const found = requireFact(facts.ctr)
    const missing = [
      ...used.import.filter(flag => !found.import.includes(flag)).map(flag => `ctr images import --${flag}`),
      ...used.run.filter(flag => !found.run.includes(flag)).map(flag => `ctr run --${flag}`),
    ]
    if (missing.length === 0) return { status: 'pass', observed: 'all of them' }
    return {
      status: 'fail',
      observed: `there is no ${missing.join(', no ')}`,
      expected: 'the ctr of containerd 1.6 or later',
      remedy: {
        text: 'Upgrade containerd. If there are two ctr on this machine, the first one in PATH is used.',
        commands: ['type -a ctr', 'ctr --version'],
      },
    }
  },
}
