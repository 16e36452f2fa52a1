import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const configNotLoaded: Fault = {
  what: 'edgecore.yaml was changed, and EdgeCore has not been restarted since',
  occasion: 'doctor',
  fails: 'edgecore-config-loaded',
  status: 'warn',
  says: /systemctl restart edgecore/,
  release: 'bookworm',
  breakIt: node => node.sh(`touch --date='2 minutes' ${paths.edgecoreConfig}`),
  mend: node => node.sh(`touch --date='1 hour ago' ${paths.edgecoreConfig}`),
}
