import { changeBroker, putBrokerBack } from '../../../lab/tweaks/broker-config.ts'
import type { Fault } from './fault.ts'

export const brokerPasswordFileUnreadable: Fault = {
  what: 'the password file belongs to root, and the broker may not read it',
  occasion: 'doctor',
  fails: 'broker-log',
  says: /chown 1883:1883/,
  release: 'bookworm',
  breakIt: changeBroker(
    'passwords=/etc/edgekit/mosquitto/passwd; touch $passwords; chmod 600 $passwords; echo password_file /mosquitto/config/passwd >>$file',
    { starts: false },
  ),
  async mend(node) {
    await node.sh('rm /etc/edgekit/mosquitto/passwd')
    await putBrokerBack(node)
  },
}
