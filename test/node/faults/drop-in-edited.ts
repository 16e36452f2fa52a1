import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const dropInEdited: Fault = {
  what: "somebody has edited the drop-in of EdgeCore's unit",
  occasion: 'doctor',
  fails: 'units-installed',
  status: 'warn',
  says: /10-edgekit\.conf has been changed/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(
      `cp --archive ${paths.edgecoreDropIn} /var/drop-in; printf '[Service]\\nNice=5\\n' >>${paths.edgecoreDropIn}; systemctl daemon-reload`,
    ),
  mend: node => node.sh(`mv /var/drop-in ${paths.edgecoreDropIn}; systemctl daemon-reload`),
}
