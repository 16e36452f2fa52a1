import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const tokenLeft: Fault = {
  what: 'the token is still in edgecore.yaml after joining',
  occasion: 'doctor',
  fails: 'leftover-join-token',
  status: 'warn',
  says: /a token is still in \/etc\/kubeedge\/config\/edgecore\.yaml/,
  release: 'bookworm',
  breakIt: node => node.sh(`sed -i 's/token: .*/token: a.b.c.d/' ${paths.edgecoreConfig}`),
  mend: node => node.sh(`sed -i 's/token: .*/token: ""/' ${paths.edgecoreConfig}`),
}
