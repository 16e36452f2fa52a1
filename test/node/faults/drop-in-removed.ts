import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const dropInRemoved: Fault = {
  what: 'the drop-in of edgekit was removed: EdgeCore does not wait for the broker',
  occasion: 'doctor',
  fails: 'edgecore-order',
  status: 'warn',
  says: /does not wait for containerd\.service and mosquitto\.service/,
  release: 'trixie',
  breakIt: node => node.sh(`mv ${paths.edgecoreDropIn} /var/drop-in; systemctl daemon-reload`),
  mend: node => node.sh(`mv /var/drop-in ${paths.edgecoreDropIn}; systemctl daemon-reload`),
}
