import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

// noexec on /var/lib does not affect containers: their root is an overlay with its own mount flags (tested).
export const programsCanRun: Check = {
  id: 'programs-can-run',
  title: 'Program directories allow execution',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const { programs, edgekitPrograms } = requireFact(facts.disks)
    const refused = [programs, edgekitPrograms].filter(({ noExec }) => noExec)
    if (refused.length === 0) return { status: 'pass', observed: '/usr/local/bin and /opt' }
    return {
      status: 'fail',
      observed: `mounted with noexec: ${refused.map(({ path, mountPoint }) => `${path} (on ${mountPoint})`).join(', ')}`,
      expected: 'mounts without noexec: systemd starts EdgeCore and edgekit from these directories',
      remedy: {
        text: 'Remount the file system, and remove noexec from /etc/fstab.',
        commands: refused.map(({ mountPoint }) => `mount -o remount,exec ${mountPoint}`),
      },
    }
  },
}
