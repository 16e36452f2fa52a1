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
      // Not `fail`: the node may be fine, but most of it cannot be checked.
      status: 'error',
      observed: 'not root',
      expected: 'root: only root can access containerd, read the journal and write units',
      remedy: {
        text: 'Run the same command as root.',
        commands: ['sudo ./edgekit install', 'sudo edgekit doctor'],
      },
    }
  },
}
