import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const otherConfigFile: Fault = {
  what: 'the unit of EdgeCore names a configuration that is not there',
  occasion: 'doctor',
  fails: 'edgecore-config-file',
  says: /\/etc\/kubeedge\/edgecore\.yaml does not exist.*take --config out of the unit/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(
      `sed -i 's,--config .*,--config /etc/kubeedge/edgecore.yaml,' ${paths.edgecoreUnit}; systemctl daemon-reload; systemctl restart edgecore; sleep 1`,
    ),
}
