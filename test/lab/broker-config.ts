import { paths } from '../../src/node/paths.ts'
import type { LabNode } from './node.ts'

const kept = '/var/mosquitto.conf.good'

/** EdgeCore begins anew too: a connection that is lost again and again is a fault of its own. */
const connected = `systemctl restart edgecore; until journalctl --unit=mosquitto --output=cat --since="@$started" | grep --quiet "as hub-client-pub"; do sleep 0.2; done`

/** Change mosquitto.conf with a script (`$file`), and let the broker read it. */
export const changeBroker =
  (script: string, { starts }: { starts: boolean }) =>
  (node: LabNode) =>
    node.sh(
      `file=${paths.brokerConfig}; cp --archive $file ${kept}; ${script}
     started=$(date +%s.%N); timeout 40 systemctl restart mosquitto ${starts ? `&& { ${connected}; }` : '|| true'}`,
    )

export const restartBroker = `started=$(date +%s.%N); systemctl restart mosquitto; ${connected}`

export const putBrokerBack = (node: LabNode) =>
  node.sh(`cp --archive ${kept} ${paths.brokerConfig}; ${restartBroker}`)
