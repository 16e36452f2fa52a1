import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** Without them the kubelet inside EdgeCore does not start, or container limits have no effect. */
const needed = ['cpu', 'memory', 'pids']

const names = {
  v1: 'cgroup v1',
  v2: 'cgroup v2',
  hybrid: 'cgroup v1, with v2 for systemd',
  none: 'cgroups are not mounted',
}

export const cgroupMode: Check = {
  id: 'cgroup-mode',
  title: 'Cgroups provide cpu, memory and pids',
  tags: ['preflight', 'doctor'],
  needs: ['kernel'],
  run(facts) {
    const { mode, controllers } = requireFact(facts.machine).cgroups
    const missing = needed.filter(name => !controllers.includes(name))
    if (missing.length === 0) return { status: 'pass', observed: names[mode] }
    return {
      status: 'fail',
      observed: `${names[mode]}, without ${missing.join(', ')}`,
      expected: 'the cpu, memory and pids controllers: EdgeCore does not start without them',
      remedy: {
        text: 'Enable the missing controllers on the kernel command line and reboot. On a Raspberry Pi, add cgroup_enable=memory to cmdline.txt.',
        commands: ['cat /proc/cmdline', 'cat /proc/cgroups /sys/fs/cgroup/cgroup.controllers'],
      },
    }
  },
}
