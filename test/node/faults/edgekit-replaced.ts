import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const edgekitReplaced: Fault = {
  what: 'somebody has replaced the program of edgekit',
  occasion: 'doctor',
  fails: 'files-installed',
  says: /\/opt\/edgekit\/bin\/edgekit has been changed/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `mv ${paths.program} /var/edgekit; cp --archive /var/edgekit ${paths.program}; echo >>${paths.program}`,
    ),
  mend: node => node.sh(`mv /var/edgekit ${paths.program}`),
}
