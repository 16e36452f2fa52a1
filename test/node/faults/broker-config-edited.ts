import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const brokerConfigEdited: Fault = {
  what: 'somebody has edited mosquitto.conf',
  occasion: 'doctor',
  fails: 'broker-config-installed',
  status: 'warn',
  says: /mosquitto\.conf has been changed.*fine/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(
      `cp --archive ${paths.brokerConfig} /var/mosquitto.conf; echo 'log_timestamp false' >>${paths.brokerConfig}`,
    ),
  mend: node => node.sh(`mv /var/mosquitto.conf ${paths.brokerConfig}`),
}
