import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const ctrKilled: Fault = {
  what: 'ctr was killed, and what clears away after it is broken: the broker runs without its unit',
  occasion: 'doctor',
  fails: 'orphan-broker',
  says: /the container mosquitto runs \(pid \d+\), but mosquitto\.service is \w+/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(
      `printf '#!/bin/sh\\n' >${paths.cleanBroker}; systemctl kill --signal=KILL --kill-whom=main mosquitto; systemctl stop mosquitto`,
    ),
}
