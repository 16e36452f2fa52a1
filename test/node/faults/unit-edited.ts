import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const unitEdited: Fault = {
  what: 'somebody has edited the unit of the broker',
  occasion: 'doctor',
  fails: 'units-installed',
  status: 'warn',
  says: /mosquitto\.service has been changed/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `cp --archive ${paths.brokerUnit} /var/unit; sed -i 's/RestartSec=.*/RestartSec=9/' ${paths.brokerUnit}; systemctl daemon-reload`,
    ),
  mend: node => node.sh(`mv /var/unit ${paths.brokerUnit}; systemctl daemon-reload`),
}
