import { changeBroker, putBrokerBack } from '../../lab/broker-config.ts'
import type { Fault } from './fault.ts'

export const brokerMisconfigured: Fault = {
  what: 'somebody broke mosquitto.conf: the broker exits at once, again and again',
  occasion: 'doctor',
  fails: 'broker-log',
  says: /does not understand mosquitto\.conf.*nonsense/,
  release: 'bookworm',
  async breakIt(node) {
    await changeBroker('echo nonsense >>$file', { starts: false })(node)
    // systemd tries again after two seconds: by then both of the last two starts have failed.
    await node.sh('sleep 8')
  },
  mend: putBrokerBack,
}
