import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const runningAsRoot: Check = {
  id: 'running-as-root',
  title: 'edgekit runs as root',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    if (requireFact(facts.machine).isRoot) return { status: 'pass', observed: 'root' }
    return {
      // Not `fail`: nothing is wrong with the node, but hardly anything of it can be seen.
      status: 'error',
      observed: 'an ordinary user',
      expected: 'root: only root can talk to containerd, read the journal and write units',
      remedy: {
        text: 'Run the same command as root.',
        commands: ['sudo ./edgekit install', 'sudo edgekit doctor'],
      },
    }
  },
}
