import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const unitRemoved: Fault = {
  what: 'the unit of the broker was removed',
  occasion: 'doctor',
  fails: 'units-installed',
  heals: true,
  says: /mosquitto\.service is gone/,
  release: 'bookworm',
  breakIt: node => node.sh(`rm ${paths.brokerUnit}`),
  mend: async () => undefined,
}
