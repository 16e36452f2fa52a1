import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const edgecoreReplaced: Fault = {
  what: 'somebody has put another edgecore in place',
  occasion: 'doctor',
  fails: 'files-installed',
  status: 'warn',
  says: /\/usr\/local\/bin\/edgecore has been changed/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `mv ${paths.edgecore} /var/edgecore; cp --archive /var/edgecore ${paths.edgecore}; echo >>${paths.edgecore}`,
    ),
  mend: node => node.sh(`mv /var/edgecore ${paths.edgecore}`),
}
