import { known } from '../facts/fact.ts'
import type { Check } from './check.ts'

export const runningAsRoot: Check = {
  id: 'running-as-root',
  title: 'edgekit runs as root',
  tags: ['preflight'],
  run(facts) {
    if (known(facts.machine).isRoot) return { status: 'pass', observed: 'root' }
    return {
      status: 'fail',
      observed: 'an ordinary user',
      expected: 'root: edgekit writes units and talks to containerd',
      remedy: { text: 'Run the same command as root.', commands: ['sudo ./edgekit install'] },
    }
  },
}
