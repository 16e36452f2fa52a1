import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** Without these the kubelet inside EdgeCore does not start, or no limit of a container holds. */
const needed = ['cpu', 'memory', 'pids']

const names = {
  v1: 'version 1',
  v2: 'version 2',
  hybrid: 'version 1, with version 2 for systemd',
  none: 'not mounted',
}

export const cgroupMode: Check = {
  id: 'cgroup-mode',
  title: 'Control groups are there, with cpu, memory and pids',
  tags: ['preflight', 'doctor'],
  needs: ['kernel'],
  run(facts) {
    const { mode, controllers } = requireFact(facts.machine).cgroups
    const missing = needed.filter(name => !controllers.includes(name))
    if (missing.length === 0) return { status: 'pass', observed: names[mode] }
    return {
      status: 'fail',
      observed: `${names[mode]}, without ${missing.join(', ')}`,
      expected: 'the controllers cpu, memory and pids: EdgeCore does not start without them',
      remedy: {
        text: 'Turn them on at boot. A Raspberry Pi has no memory controller unless its cmdline.txt says cgroup_enable=memory.',
        commands: ['cat /proc/cmdline', 'cat /proc/cgroups /sys/fs/cgroup/cgroup.controllers'],
      },
    }
  },
}
