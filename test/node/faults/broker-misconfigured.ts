import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const brokerMisconfigured: Fault = {
  what: 'somebody broke mosquitto.conf: the broker exits at once, again and again',
  occasion: 'doctor',
  fails: 'broker-active',
  says: /Error: .*nonsense/,
  // A busy machine may lose what so short a start says; it is said again with the next one.
  breakIt: node =>
    node.sh(
      `echo nonsense >>${paths.brokerConfig}; timeout 10 systemctl restart mosquitto
       until journalctl -u mosquitto -o cat | grep -q 'Error: .*nonsense'; do sleep 0.2; done`,
    ),
}
