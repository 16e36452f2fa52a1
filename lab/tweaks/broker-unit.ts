import { paths } from '../../src/node/paths.ts'
import type { LabNode } from '../machine/node.ts'
import { restartBroker } from './broker-config.ts'

const kept = '/var/mosquitto.service.good'

/** Edit mosquitto.service with a sed script so that the broker does not start, and restart it. */
export const breakBrokerUnit = (script: string, before: string) => (node: LabNode) =>
  node.sh(
    `${before}; cp --archive ${paths.brokerUnit} ${kept}; sed -i '${script}' ${paths.brokerUnit}
     systemctl daemon-reload; timeout 40 systemctl restart mosquitto || true`,
  )

export const restoreBrokerUnit = (node: LabNode) =>
  node.sh(`cp --archive ${kept} ${paths.brokerUnit}; systemctl daemon-reload; ${restartBroker}`)
