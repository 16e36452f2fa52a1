import { requireFact } from '../../facts/fact.ts'
import type { CgroupMode } from '../../node/cgroups.ts'
import type { Check, Finding } from '../check.ts'

/**
 * Without them the kubelet inside EdgeCore exits, or container limits have no effect (pkg/kubelet/cm,
 * validateSystemRequirements: version 1 also needs cpuacct and cpuset).
 */
const required = { v1: ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids'], v2: ['cpu', 'memory', 'pids'] }

/** Version 2: what the kubelet requires in its own cgroup when the kernel has it (getSupportedUnifiedControllers). */
const delegated = ['cpu', 'cpuset', 'hugetlb', 'memory', 'pids']

const names: Record<CgroupMode, string> = {
  v1: 'cgroup v1',
  v2: 'cgroup v2',
  hybrid: 'cgroup v1, with v2 for systemd',
  none: 'cgroups are not mounted',
}

export const cgroupMode: Check = {
  id: 'cgroup-mode',
  title: 'Cgroups have the controllers EdgeCore needs',
  tags: ['preflight', 'doctor'],
  needs: ['kernel'],
  run(facts) {
    const { mode, controllers, pods } = requireFact(facts.machine).cgroups
    const needed = required[mode === 'v1' || mode === 'hybrid' ? 'v1' : 'v2']
    const missing = needed.filter(name => !controllers.includes(name))
    if (missing.length > 0) {
      return {
        status: 'fail',
        observed: `${names[mode]}, without ${missing.join(', ')}`,
        expected: `the controllers ${needed.join(', ')}: EdgeCore does not start without them`,
        remedy: {
          text: 'Enable the missing controllers on the kernel command line and reboot. On a Raspberry Pi, add cgroup_enable=memory to cmdline.txt.',
          commands: ['cat /proc/cmdline', 'cat /proc/cgroups /sys/fs/cgroup/cgroup.controllers'],
        },
      }
    }
    const lacking = pods
      ? delegated.filter(name => controllers.includes(name) && !pods.controllers.includes(name))
      : []
    if (!pods || lacking.length === 0) return { status: 'pass', observed: names[mode] }
    const stopped = requireFact(facts.units).edgecore.active === 'inactive'
    // EdgeCore enables them itself when it starts, if nothing prevents it.
    return stopped ? { status: 'pass', observed: names[mode] } : undelegated(pods.path, lacking)
  },
}

/** EdgeCore then reports that the cgroup does not exist (kubernetes #113322). */
const undelegated = (path: string, lacking: readonly string[]): Finding => ({
  status: 'fail',
  observed: `${path} has no ${lacking.join(', ')} controller`,
  expected:
    "all controllers the kernel has: otherwise EdgeCore exits (root container [kubepods] doesn't exist) or restarts pods",
  remedy: {
    text: 'Enable the controllers for child cgroups, then restart EdgeCore. The kernel refuses cpu while a real-time process runs.',
    commands: [
      `echo '${lacking.map(name => `+${name}`).join(' ')}' >/sys/fs/cgroup/cgroup.subtree_control`,
      'systemctl restart edgecore',
    ],
  },
})
