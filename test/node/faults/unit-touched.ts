import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const unitTouched: Fault = {
  what: 'a unit was changed, and systemd was not told',
  occasion: 'doctor',
  fails: 'units-loaded',
  status: 'warn',
  says: /systemctl daemon-reload/,
  release: 'bookworm',
  breakIt: node => node.sh(`touch ${paths.brokerUnit}`),
  mend: node => node.sh('systemctl daemon-reload'),
}
