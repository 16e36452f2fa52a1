import { paths } from '../../src/node/paths.ts'
import type { LabNode } from '../machine/node.ts'
import { restartEdgecore } from './restart-edgecore.ts'

const kept = '/var/mosquitto.conf.good'

/** Edit mosquitto.conf with a script (`$file`), and restart the broker. */
export const changeBroker =
  (script: string, { starts }: { starts: boolean }) =>
  (node: LabNode) =>
    node.sh(
      `file=${paths.brokerConfig}; cp --archive $file ${kept}; ${script}
     timeout 40 systemctl restart mosquitto ${starts ? `&& { ${restartEdgecore()}; }` : '|| true'}`,
    )

/** Restart EdgeCore too: a connection that is lost again and again is a fault of its own. */
export const restartBroker = `systemctl restart mosquitto; ${restartEdgecore()}`

export const restoreBroker = (node: LabNode) =>
  node.sh(`cp --archive ${kept} ${paths.brokerConfig}; ${restartBroker}`)
