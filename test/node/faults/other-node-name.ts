import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const otherNodeName: Fault = {
  what: 'somebody gave the node a name that its certificate is not for',
  occasion: 'doctor',
  fails: 'node-name',
  says: /the certificate of this node is for/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `sed -i.before 's/hostnameOverride: .*/hostnameOverride: somebody-else/' ${paths.edgecoreConfig}`,
    ),
  mend: node => node.sh(`mv ${paths.edgecoreConfig}.before ${paths.edgecoreConfig}`),
}
