import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const programDamaged: Fault = {
  what: 'a power cut has emptied a program of edgekit',
  occasion: 'doctor',
  fails: 'files-installed',
  heals: true,
  says: /clean-broker has been changed/,
  release: 'bookworm',
  breakIt: node => node.sh(`truncate --size=0 ${paths.cleanBroker}`),
  mend: async () => undefined,
}
