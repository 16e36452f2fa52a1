import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/**
 * What EdgeCore takes at its start: instances for cAdvisor, plugins and devices, and a watch for each cgroup. Each
 * container needs two more instances for its shim (k3s #10020).
 */
const atStart = { instances: 4, watches: 200 }
/** Room for a few pods. */
const comfortable = { instances: 16, watches: 1000 }

const file = '/etc/sysctl.d/90-inotify.conf'

export const inotifyLimits: Check = {
  id: 'inotify-limits',
  title: 'Inotify limits leave room for EdgeCore',
  tags: ['preflight', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['running-as-root'],
  run(facts) {
    const { inotify } = requireFact(facts.machine)
    if (!inotify) return { status: 'skip', observed: 'this kernel has no inotify' }
    const kinds = (['instances', 'watches'] as const).map(kind => {
      const { used, limit } = inotify[kind]
      return { kind, free: limit - used, text: `${used} of ${limit} inotify ${kind} in use by root` }
    })
    const short = kinds.filter(({ kind, free }) => free < comfortable[kind])
    if (short.length === 0) return { status: 'pass', observed: kinds.map(({ text }) => text).join('; ') }
    // A running EdgeCore already has what it needs.
    const runs = requireFact(facts.units).edgecore.active === 'active'
    return {
      status: !runs && short.some(({ kind, free }) => free < atStart[kind]) ? 'fail' : 'warn',
      observed: short.map(({ text }) => text).join('; '),
      expected: `at least ${comfortable.instances} instances and ${comfortable.watches} watches free: with none left EdgeCore exits and containers do not start (too many open files, no space left on device)`,
      remedy: {
        text: 'Set higher limits, now and for later boots.',
        commands: [
          `printf 'fs.inotify.max_user_instances = ${Math.max(1024, 2 * inotify.instances.limit)}\\nfs.inotify.max_user_watches = ${Math.max(524_288, 2 * inotify.watches.limit)}\\n' >${file}`,
          `sysctl -p ${file}`,
        ],
      },
    }
  },
}
