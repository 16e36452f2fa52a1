import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const brokerDataOfRoot: Fault = {
  what: 'the directory of the broker belongs to root, as after a restore from a backup',
  occasion: 'doctor',
  fails: 'broker-data',
  says: /belongs to user 0.*chown -R 1883:1883/,
  release: 'trixie',
  breakIt: node => node.sh(`chown root:root ${paths.brokerData}`),
  mend: node => node.sh(`chown 1883:1883 ${paths.brokerData}`),
}
