import { restartBroker } from '../../../lab/tweaks/broker-config.ts'
import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

const file = `${paths.brokerData}/mosquitto.db`

export const brokerDatabaseDamaged: Fault = {
  what: 'a power cut has damaged the file in which the broker keeps messages',
  occasion: 'doctor',
  fails: 'broker-log',
  says: /mv \S+mosquitto\.db \S+mosquitto\.db\.damaged/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `systemctl stop mosquitto; echo nonsense >${file}; chown 1883:1883 ${file}; timeout 40 systemctl restart mosquitto || true`,
    ),
  mend: node => node.sh(`rm ${file}; ${restartBroker}`),
}
