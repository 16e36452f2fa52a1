import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const edgecoreRemoved: Fault = {
  what: 'the program of EdgeCore was removed while it runs',
  occasion: 'doctor',
  fails: 'files-installed',
  says: /\/usr\/local\/bin\/edgecore is gone/,
  release: 'bookworm',
  breakIt: node => node.sh(`mv ${paths.edgecore} /var/edgecore`),
  mend: node => node.sh(`mv /var/edgecore ${paths.edgecore}`),
}
