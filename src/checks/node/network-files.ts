import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const networkFiles: Check = {
  id: 'network-files',
  title: '/etc/hosts and /etc/resolv.conf are readable',
  tags: ['preflight', 'doctor'],
  run(facts) {
    const missing = Object.entries(requireFact(facts.machine).networkFiles)
      .filter(([, readable]) => !readable)
      .map(([path]) => path)
    if (missing.length === 0) return { status: 'pass', observed: 'both are readable' }
    return {
      status: 'fail',
      observed: `${missing.join(' and ')}: missing, or a link to a missing file`,
      expected: 'both files: a container with host networking does not start without them',
      remedy: {
        text: 'Create the missing file. Without a name server, an empty resolv.conf is enough.',
        commands: missing.map(path =>
          path === '/etc/hosts'
            ? "echo '127.0.0.1 localhost' >/etc/hosts"
            : 'rm -f /etc/resolv.conf; : >/etc/resolv.conf',
        ),
      },
    }
  },
}
