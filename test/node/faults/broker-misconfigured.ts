import { changeBroker, putBrokerBack } from '../../../lab/tweaks/broker-config.ts'
import type { Fault } from './fault.ts'

export const brokerMisconfigured: Fault = {
  what: 'somebody broke mosquitto.conf: the broker exits at once, again and again',
  occasion: 'doctor',
  fails: 'broker-log',
  says: /does not understand mosquitto\.conf.*nonsense/,
  release: 'bookworm',
  async breakIt(node) {
    await changeBroker('echo nonsense >>$file', { starts: false })(node)
    // Who mends it while systemd waits for its next attempt starts a broker that was restarted three times before.
    await node.sh(
      `state() { systemctl show --property=NRestarts --property=SubState --value mosquitto | xargs; }
       until test "$(state)" = "3 auto-restart"; do sleep 0.1; done`,
    )
  },
  async mend(node) {
    // In the middle of an attempt the restart would end a ctr that makes a task: for the 5 s that containerd takes to clear
    // that away no broker can start, and systemd has to try again.
    await node.sh(
      'until test "$(systemctl show --property=SubState --value mosquitto)" = auto-restart; do sleep 0.05; done',
    )
    await putBrokerBack(node)
  },
}
