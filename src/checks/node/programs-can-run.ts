import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

// Containers are not bothered by a noexec on /var/lib: their root is an overlay with flags of its own (tried).
export const programsCanRun: Check = {
  id: 'programs-can-run',
  title: 'Programs can be started from where edgekit puts them',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const { programs, edgekitPrograms } = requireFact(facts.disks)
    const refused = [programs, edgekitPrograms].filter(({ noExec }) => noExec)
    if (refused.length === 0) return { status: 'pass', observed: '/usr/local/bin and /opt' }
    return {
      status: 'fail',
      observed: `mounted with noexec: ${refused.map(({ path, mountPoint }) => `${path} (on ${mountPoint})`).join(', ')}`,
      expected: 'mounts without noexec: systemd starts EdgeCore and edgekit from there',
      remedy: {
        text: 'Take noexec out of /etc/fstab, and mount it again.',
        commands: refused.map(({ mountPoint }) => `mount -o remount,exec ${mountPoint}`),
      },
    }
  },
}
