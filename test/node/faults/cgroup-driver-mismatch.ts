import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const cgroupDriverMismatch: Fault = {
  what: 'EdgeCore uses another cgroup driver than containerd',
  occasion: 'doctor',
  fails: 'cgroup-driver',
  says: /containerd uses cgroupfs, EdgeCore systemd/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(`sed -i.before 's/cgroupDriver: .*/cgroupDriver: systemd/' ${paths.edgecoreConfig}`),
  mend: node => node.sh(`mv ${paths.edgecoreConfig}.before ${paths.edgecoreConfig}`),
}
