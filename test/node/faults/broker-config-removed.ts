import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const brokerConfigRemoved: Fault = {
  what: 'mosquitto.conf was removed while the broker runs',
  occasion: 'doctor',
  fails: 'broker-config-installed',
  heals: true,
  says: /mosquitto\.conf is gone/,
  release: 'trixie',
  breakIt: node => node.sh(`rm ${paths.brokerConfig}`),
  mend: async () => undefined,
}
