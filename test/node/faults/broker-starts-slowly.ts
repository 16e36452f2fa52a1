import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const brokerStartsSlowly: Fault = {
  what: 'the broker needs a quarter of a minute to start, long after the node was switched on',
  occasion: 'doctor',
  fails: 'broker-start-time',
  status: 'warn',
  says: /[12]\d\.\d s until it answered MQTT/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(
      `sed -i '/^ExecStartPost/a ExecStartPost=/bin/sleep 15' ${paths.brokerUnit}; systemctl daemon-reload
       until test "$(ps -o etimes= -p 1)" -gt 32; do sleep 1; done; systemctl restart mosquitto; sleep 6`,
      { timeoutMs: 120_000 },
    ),
}
