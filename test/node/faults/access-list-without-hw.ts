import { changeBroker, putBrokerBack } from '../../../lab/tweaks/broker-config.ts'
import type { Fault } from './fault.ts'

export const accessListWithoutHw: Fault = {
  what: 'the access list of the broker has "#", which does not cover the topics of EdgeCore',
  occasion: 'doctor',
  fails: 'event-bus-topics',
  says: /topic readwrite \$hw\/#/,
  release: 'bookworm',
  breakIt: changeBroker(
    "list=/etc/edgekit/mosquitto/acl; echo 'topic readwrite #' >$list; chown 1883:1883 $list; chmod 600 $list; echo acl_file /mosquitto/config/acl >>$file",
    { starts: true },
  ),
  async mend(node) {
    await node.sh('rm /etc/edgekit/mosquitto/acl')
    await putBrokerBack(node)
  },
}
