import { changeBroker, restoreBroker } from '../../../lab/tweaks/broker-config.ts'
import { changeEdgecore, restoreEdgecore, restoreFile } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const mqttPathFaults: readonly Fault[] = [
  {
    what: 'EdgeCore runs with a wrong broker address that is already corrected in edgecore.yaml',
    occasion: 'doctor',
    fails: 'edgecore-mqtt',
    words: /EventBus does not know the scheme/,
    release: 'trixie',
    async breakIt(node) {
      await changeEdgecore(
        "sed -i 's,tcp://127.0.0.1:1883,mqtt://127.0.0.1:1883,' $file",
        'Unknown protocol',
      )(node)
      await node.sh(restoreFile)
    },
    repair: restoreEdgecore,
  },
  {
    what: 'the access list has "#", which does not cover $hw topics',
    occasion: 'doctor',
    fails: 'event-bus-topics',
    words: /topic readwrite \$hw\/#/,
    release: 'bookworm',
    breakIt: changeBroker(
      "list=/etc/edgekit/mosquitto/acl; echo 'topic readwrite #' >$list; chown 1883:1883 $list; chmod 600 $list; echo acl_file /mosquitto/config/acl >>$file",
      { starts: true },
    ),
    async repair(node) {
      await node.sh('rm /etc/edgekit/mosquitto/acl')
      await restoreBroker(node)
    },
  },
  {
    what: 'EdgeCore was started with DeviceTwin disabled, which edgecore.yaml no longer shows',
    occasion: 'doctor',
    fails: 'twin-answers',
    words: /no answer to \$hw\/events\/node/,
    release: 'bookworm',
    async breakIt(node) {
      const off = "perl -0pi -e 's/  deviceTwin:\\n(    .*\\n)*?    enable: \\Ktrue/false/' $file"
      await changeEdgecore(off, 'finish hub-client pub')(node)
      await node.sh(restoreFile)
    },
    repair: restoreEdgecore,
  },
  {
    what: 'the message channel of EventBus is full',
    occasion: 'doctor',
    fails: 'event-bus-backlog',
    status: 'warn',
    words: /The module eventbus message channel is full/,
    release: 'bookworm',
    async breakIt(node) {
      await node.sh('systemctl set-environment EDGECORE_STAND_IN_ROOM=0')
      await changeEdgecore('', 'finish hub-client pub')(node)
      await node.sh('systemctl unset-environment EDGECORE_STAND_IN_ROOM')
    },
    repair: restoreEdgecore,
  },
]
