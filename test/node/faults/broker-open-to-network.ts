import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const brokerOpenToNetwork: Fault = {
  what: 'somebody opened the broker to the network',
  occasion: 'doctor',
  fails: 'broker-listening',
  heals: true,
  says: /open to the network on 0\.0\.0\.0/,
  breakIt: node =>
    node.sh(
      `sed -i 's/^listener .*/listener 1883 0.0.0.0/' ${paths.brokerConfig}; systemctl restart mosquitto`,
    ),
}
