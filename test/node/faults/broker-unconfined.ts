import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const brokerUnconfined: Fault = {
  what: 'the unit of the broker was edited: no seccomp, a root it can write to, all capabilities',
  occasion: 'doctor',
  fails: 'broker-confined',
  says: /it could get capabilities.*it can write to its root/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(
      `sed -i 's/--read-only --seccomp//; /--cap-drop/d' ${paths.brokerUnit}; systemctl daemon-reload; systemctl restart mosquitto; sleep 6`,
    ),
}
