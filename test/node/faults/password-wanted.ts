import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const passwordWanted: Fault = {
  what: 'the broker wants a password that EdgeCore does not have',
  occasion: 'doctor',
  fails: 'edgecore-mqtt',
  says: /Not Authorized/,
  // EventBus tries again every 5 s.
  breakIt: node =>
    node.sh(
      `sed -i 's/^allow_anonymous .*/allow_anonymous false/' ${paths.brokerConfig}; systemctl restart mosquitto; sleep 6`,
    ),
}
