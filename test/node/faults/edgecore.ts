import { otherAddress } from '../../../lab/cloud/network.ts'
import type { LabNode } from '../../../lab/machine/node.ts'
import { changeEdgecore, restoreEdgecore } from '../../../lab/tweaks/edgecore-config.ts'
import { joinCloud, leaveCloud } from '../../../lab/tweaks/join-cloud.ts'
import { renewCertificates } from '../../../lab/tweaks/renew-certificates.ts'
import { restartEdgecore } from '../../../lab/tweaks/restart-edgecore.ts'
import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

const web = `use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1:10000', Listen => 5, ReuseAddr => 1) or die;
while (my $client = $socket->accept) { print $client "HTTP/1.1 400 Bad Request\\r\\n\\r\\n"; close $client }
`

const part = (text: string): string => Buffer.from(text).toString('base64url')
const token = ['0'.repeat(64), part('{"alg":"HS256"}'), part('{"exp":1767225600}'), part('signature')].join(
  '.',
)

const database = '/var/lib/kubeedge/edgecore.db'

/** A command that waits until EdgeCore has run for 10 s; what is shown of 9.5 s is 10. */
const ranLongEnough =
  "until edgekit doctor edgecore-active | grep -q -E 'active .* for (1[1-9]|[2-9][0-9]|[0-9]{3,}) s'; do sleep 1; done"

const unitFile = paths.edgecoreUnit

/** Edit the unit of EdgeCore with a script, restart EdgeCore, and wait until `ready` succeeds. */
const changeUnit = (script: string, ready: string) => (node: LabNode) =>
  node.sh(
    `cp --archive ${unitFile} /var/edgecore.service.good; ${script}; systemctl daemon-reload; systemctl restart edgecore; until ${ready}; do sleep 0.3; done`,
  )

const restoreUnit = (node: LabNode) =>
  node.sh(
    `cp --archive /var/edgecore.service.good ${unitFile}; systemctl daemon-reload; systemctl reset-failed edgecore; ${restartEdgecore()}`,
  )

const restartOnly = (node: LabNode) => node.sh(restartEdgecore())

/** Ends three times at once, then runs with more lines behind it than the doctor reads. */
const chatty = `#!/bin/sh
echo start >>/var/chatty
[ $(wc -l </var/chatty) -gt 3 ] || exit 7
seq 1 2500 >&2
touch /run/chatty
exec sleep 1000
`

/** Both MQTT clients of EdgeCore are connected, whether its log shows it or not. */
const isConnected =
  '[ $(ss -Htnp state established dst 127.0.0.1:1883 | grep -c "pid=$(systemctl show --property=MainPID --value edgecore),") -ge 2 ]'
const hasEnded = '! systemctl --quiet is-active edgecore'

export const edgecoreFaults: readonly Fault[] = [
  {
    what: 'edgecore.yaml is not valid YAML',
    occasion: 'doctor',
    fails: 'edgecore-config-file',
    words: /edgecore\.yaml is not valid YAML at line 1/,
    release: 'trixie',
    breakIt: changeEdgecore("sed -i '1a\\ \\ - oops: [' $file"),
    repair: restoreEdgecore,
  },
  {
    what: 'the unit of EdgeCore names a missing configuration file',
    occasion: 'doctor',
    fails: 'edgecore-config-file',
    words: /\/etc\/kubeedge\/edgecore\.yaml does not exist.*Remove --config from the unit/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `sed -i 's,--config .*,--config /etc/kubeedge/edgecore.yaml,' ${paths.edgecoreUnit}; systemctl daemon-reload; systemctl restart edgecore; sleep 1`,
      ),
  },
  {
    what: 'eventBus has no value: EdgeCore crashes',
    occasion: 'doctor',
    fails: 'edgecore-config-valid',
    words: /modules\.eventBus has no value: EdgeCore crashes/,
    release: 'bookworm',
    breakIt: changeEdgecore("perl -0pi -e 's/  eventBus:\\n(    .*\\n)+/  eventBus: null\\n/' $file"),
    repair: restoreEdgecore,
  },
  {
    what: 'mqttMode is 3: EdgeCore exits',
    occasion: 'doctor',
    fails: 'edgecore-config-valid',
    remedied: true,
    words: /modules\.eventBus\.mqttMode is 3, outside 0 to 2/,
    release: 'trixie',
    breakIt: changeEdgecore("sed -i 's/mqttMode: 2/mqttMode: 3/' $file"),
    repair: restoreEdgecore,
  },
  {
    what: 'edgecore.yaml names the socket of Docker, as before KubeEdge v1.14',
    occasion: 'doctor',
    fails: 'edgecore-config-valid',
    remedied: true,
    words:
      /containerRuntimeEndpoint is unix:\/\/\/var\/run\/dockershim\.sock, the socket of Docker.*\.\/edgekit install/,
    release: 'bookworm',
    breakIt: changeEdgecore(
      "sed -i 's,containerRuntimeEndpoint: .*,containerRuntimeEndpoint: unix:///var/run/dockershim.sock,' $file",
    ),
    repair: restoreEdgecore,
  },
  {
    what: 'a key is twice in edgecore.yaml',
    occasion: 'doctor',
    fails: 'edgecore-config-file',
    status: 'warn',
    words: /modules\.eventBus\.mqttMode \(lines \d+ and \d+\)/,
    release: 'trixie',
    breakIt: changeEdgecore(
      "sed -i 's/^\\( *\\)mqttMode: 2/\\1mqttMode: 0\\n\\1mqttMode: 2/' $file",
      'finish hub-client pub',
    ),
    repair: restoreEdgecore,
  },
  {
    what: 'EventBus uses the broker inside EdgeCore',
    occasion: 'doctor',
    fails: 'edgecore-event-bus',
    fixable: true,
    words: /modules\.eventBus\.mqttMode is 0, expected 2/,
    release: 'bookworm',
    breakIt: changeEdgecore("sed -i 's/mqttMode: 2/mqttMode: 0/' $file"),
    repair: restoreEdgecore,
  },
  {
    what: 'DeviceTwin is disabled',
    occasion: 'doctor',
    fails: 'edgecore-event-bus',
    words: /modules\.deviceTwin\.enable is false, expected true/,
    release: 'bookworm',
    breakIt: changeEdgecore("perl -0pi -e 's/  deviceTwin:\\n(    .*\\n)*?    enable: \\Ktrue/false/' $file"),
    repair: restoreEdgecore,
  },
  {
    what: 'EventBus uses both brokers',
    occasion: 'doctor',
    fails: 'edgecore-event-bus',
    words: /modules\.eventBus\.mqttMode is 1, expected 2/,
    release: 'trixie',
    breakIt: changeEdgecore("sed -i 's/mqttMode: 2/mqttMode: 1/' $file"),
    repair: restoreEdgecore,
  },
  {
    what: 'EventBus is disabled, as in keadm --minconfig',
    occasion: 'doctor',
    fails: 'edgecore-event-bus',
    words: /modules\.eventBus\.enable is false, expected true/,
    release: 'trixie',
    breakIt: changeEdgecore(
      "perl -0pi -e 's/  eventBus:\\n    enable: true/  eventBus:\\n    enable: false/' $file",
    ),
    repair: restoreEdgecore,
  },
  {
    what: 'the broker address has the scheme mqtt://, which EdgeCore does not support',
    occasion: 'doctor',
    fails: 'edgecore-event-bus',
    words: /mqttServerExternal is .*mqtt:\/\/127\.0\.0\.1:1883/,
    release: 'bookworm',
    breakIt: changeEdgecore("sed -i 's,tcp://127.0.0.1:1883,mqtt://127.0.0.1:1883,' $file"),
    repair: restoreEdgecore,
  },
  {
    what: 'EventBus TLS is enabled without its files',
    occasion: 'doctor',
    fails: 'event-bus-tls',
    words: /tls-of-nobody\.crt does not exist/,
    release: 'trixie',
    breakIt: changeEdgecore(
      "perl -0pi -e 's/eventBusTLS:\\n      enable: false/eventBusTLS:\\n      enable: true/; s,(tlsMqttCertFile: ).*,$1/etc/kubeedge/tls-of-nobody.crt,' $file",
    ),
    repair: restoreEdgecore,
  },
  {
    what: 'EventBus TLS is enabled for a plain MQTT address',
    occasion: 'doctor',
    fails: 'event-bus-tls',
    remedied: true,
    words: /EdgeCore silently uses no TLS/,
    release: 'bookworm',
    breakIt: changeEdgecore(
      "perl -0pi -e 's/eventBusTLS:\\n      enable: false/eventBusTLS:\\n      enable: true/' $file",
    ),
    repair: restoreEdgecore,
  },
  {
    what: 'both clients of EventBus have the same ID',
    occasion: 'doctor',
    fails: 'event-bus-clients',
    remedied: true,
    words: /are both ..?same/,
    release: 'trixie',
    breakIt: changeEdgecore("sed -i 's/ClientID: .*/ClientID: same/' $file"),
    repair: restoreEdgecore,
  },
  {
    what: 'the node certificate has expired',
    occasion: 'doctor',
    fails: 'node-certificate',
    words: /server\.crt expired at \d{4}-/,
    release: 'bookworm',
    breakIt: node => renewCertificates(node, -1),
    repair: node => renewCertificates(node, 365),
  },
  {
    what: 'the node certificate expires soon and was not renewed',
    occasion: 'doctor',
    fails: 'certificate-expiry',
    status: 'warn',
    words: /expires in 9 days/,
    release: 'trixie',
    breakIt: node => renewCertificates(node, 10),
    repair: node => renewCertificates(node, 365),
  },
  {
    what: 'the node must join, and its token has expired',
    occasion: 'doctor',
    fails: 'edgecore-token',
    words: /its token expired at 2026-01-01/,
    release: 'trixie',
    breakIt: changeEdgecore(`rm /etc/kubeedge/certs/*; sed -i 's/token: .*/token: ${token}/' $file`),
  },
  {
    what: 'the node must join, and its token is truncated',
    occasion: 'doctor',
    fails: 'edgecore-token',
    words: /its token has 2 parts/,
    release: 'bookworm',
    breakIt: changeEdgecore(
      "rm /etc/kubeedge/certs/*; sed -i 's/token: .*/token: 0123456789abcdef.eyJhbGciOiJIUzI1NiJ9/' $file",
    ),
  },
  {
    what: 'the node has no certificates and the cloud is unreachable: EdgeCore exits again and again',
    occasion: 'doctor',
    fails: 'edgecore-active',
    words: /failed to apply the edge certs/,
    breakIt: node => node.sh('rm /etc/kubeedge/certs/*; systemctl restart edgecore; sleep 2'),
  },
  {
    what: 'the node never reached its cloud: EdgeCore exits half a minute after each start',
    occasion: 'doctor',
    fails: 'edgecore-active',
    words: /the node has never joined its cloud.*DisableCSIVolumePlugin/,
    release: 'trixie',
    breakIt: changeEdgecore(
      "rm /etc/kubeedge/certs/* /var/lib/kubeedge/edgecore.db; perl -0pi -e 's/DisableCSIVolumePlugin: true/DisableCSIVolumePlugin: false/; s/edgeHub:\\n    enable: true/edgeHub:\\n    enable: false/' $file",
      'Failed to initialize CSINode after retrying',
    ),
  },
  {
    what: 'EdgeCore runs but is disabled at boot',
    occasion: 'doctor',
    fails: 'edgecore-at-boot',
    status: 'warn',
    words: /it will not start at the next boot.*systemctl enable edgecore/,
    release: 'bookworm',
    breakIt: node => node.sh('systemctl disable edgecore'),
    repair: node => node.sh('systemctl enable edgecore'),
  },
  {
    what: "edgekit's drop-in was deleted: EdgeCore does not wait for the broker",
    occasion: 'doctor',
    fails: 'edgecore-order',
    status: 'warn',
    remedied: true,
    words: /does not wait for containerd\.service and mosquitto\.service/,
    release: 'trixie',
    breakIt: node => node.sh(`mv ${paths.edgecoreDropIn} /var/drop-in; systemctl daemon-reload`),
    repair: node => node.sh(`mv /var/drop-in ${paths.edgecoreDropIn}; systemctl daemon-reload`),
  },
  {
    what: 'edgecore.yaml was changed after EdgeCore started',
    occasion: 'doctor',
    fails: 'edgecore-config-loaded',
    status: 'warn',
    words: /systemctl restart edgecore/,
    release: 'bookworm',
    breakIt: node => node.sh(`touch --date='2 minutes' ${paths.edgecoreConfig}`),
    repair: node => node.sh(`touch --date='1 hour ago' ${paths.edgecoreConfig}`),
  },
  {
    what: 'EdgeCore is frozen: its unit is active',
    occasion: 'doctor',
    fails: 'edgecore-health',
    // A machine that is busy gives it more time.
    words: /healthz: no answer within (5|10|15) s/,
    release: 'trixie',
    breakIt: node => node.sh('systemctl kill --signal=STOP edgecore'),
    repair: node => node.sh('systemctl kill --signal=CONT edgecore'),
  },
  {
    what: 'a power cut emptied the EdgeCore database',
    occasion: 'doctor',
    fails: 'edgecore-database',
    words: /edgecore\.db is empty/,
    release: 'trixie',
    breakIt: node =>
      node.sh(`${ranLongEnough}; cp --archive ${database} /var/edgecore.db; truncate --size=0 ${database}`),
    repair: node => node.sh(`mv /var/edgecore.db ${database}`),
  },
  {
    what: 'the EdgeCore database was deleted while EdgeCore runs',
    occasion: 'doctor',
    fails: 'edgecore-database',
    words: /edgecore\.db is gone/,
    release: 'bookworm',
    breakIt: node => node.sh(`${ranLongEnough}; mv ${database} /var/edgecore.db`),
    repair: node => node.sh(`mv /var/edgecore.db ${database}`),
  },
  {
    what: 'the disk was full and EdgeCore evicted an image',
    occasion: 'doctor',
    fails: 'images-evicted',
    status: 'warn',
    words: /Removing image to free bytes/,
    release: 'bookworm',
    async breakIt(node) {
      await node.sh('systemctl set-environment EDGECORE_STAND_IN_DELETES=sha256:1')
      await changeEdgecore('', 'finish hub-client pub')(node)
      await node.sh('systemctl unset-environment EDGECORE_STAND_IN_DELETES')
    },
    repair: restoreEdgecore,
  },
  {
    what: 'the cloud has assigned a pod whose image is not on the node',
    occasion: 'doctor',
    fails: 'pods-start',
    status: 'warn',
    words: /cannot pull its image registry\.example\/web:1 \(pod default\/web\)/,
    release: 'trixie',
    async breakIt(node) {
      await node.sh('systemctl set-environment EDGECORE_STAND_IN_POD=default/web')
      await changeEdgecore('', 'ImagePullBackOff')(node)
      // The kubelet's second attempt.
      await node.sh('systemctl unset-environment EDGECORE_STAND_IN_POD; sleep 12')
    },
    repair: restoreEdgecore,
  },
  {
    what: 'another program answers at the address of the cloud',
    occasion: 'doctor',
    fails: 'edgecore-cloud',
    status: 'warn',
    words: /does not speak TLS, so it is not CloudCore/,
    release: 'bookworm',
    async breakIt(node) {
      await node.write('/var/web', web)
      await node.sh('systemd-run --quiet --unit=web perl /var/web')
      await changeEdgecore("sed -i 's/192.0.2.1:10000/127.0.0.1:10000/' $file", 'dial websocket error')(node)
    },
    async repair(node) {
      await node.sh('systemctl stop web')
      await restoreEdgecore(node)
    },
  },
  {
    what: 'the log of EdgeCore goes nowhere',
    occasion: 'doctor',
    fails: 'edgecore-log',
    status: 'warn',
    words: /cannot be read: the unit has StandardError=null/,
    release: 'bookworm',
    breakIt: changeUnit(`sed -i '/^ExecStart=/a StandardError=null' ${unitFile}`, isConnected),
    repair: restoreUnit,
  },
  {
    what: 'the log file of EdgeCore was deleted while EdgeCore writes to it',
    occasion: 'doctor',
    fails: 'edgecore-log',
    status: 'warn',
    words: /\/var\/log\/edgecore\.log does not exist/,
    release: 'trixie',
    async breakIt(node) {
      const append = `sed -i '/^ExecStart=/a StandardError=append:/var/log/edgecore.log' ${unitFile}`
      await changeUnit(append, isConnected)(node)
      await node.sh('rm /var/log/edgecore.log')
    },
    repair: restoreUnit,
  },
  {
    what: 'the program of EdgeCore is not executable',
    occasion: 'doctor',
    fails: 'edgecore-active',
    words: /systemd (?:cannot start|may not execute) the edgecore program/,
    release: 'trixie',
    // On its own node: the changed mode of the program is a finding as well.
    breakIt: changeUnit(`chmod -x ${paths.edgecore}`, hasEnded),
  },
  {
    what: 'the program that the unit of EdgeCore names does not exist',
    occasion: 'doctor',
    fails: 'edgecore-active',
    words: /203\/EXEC\): it is missing|it is not where ExecStart of the unit names it/,
    release: 'bookworm',
    breakIt: changeUnit(`sed -i 's,^ExecStart=,&/opt/nowhere,' ${unitFile}`, hasEnded),
    repair: restoreUnit,
  },
  {
    what: 'the unit of EdgeCore has a user that does not exist',
    occasion: 'doctor',
    fails: 'edgecore-active',
    words: /systemd cannot set up the process of the unit \(status 217\/USER\)/,
    release: 'trixie',
    breakIt: changeUnit(`sed -i '/^ExecStart=/a User=nowhere' ${unitFile}`, hasEnded),
    repair: restoreUnit,
  },
  {
    what: 'EdgeCore was killed a moment ago',
    occasion: 'doctor',
    fails: 'edgecore-active',
    words: /a signal ended EdgeCore \(9\/KILL\)/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `systemctl kill --signal=KILL edgecore; until ${hasEnded}; do sleep 0.1; done; until ${isConnected}; do sleep 0.3; done`,
      ),
    repair: restartOnly,
  },
  {
    what: 'EdgeCore ends again and again, and logs so much that the reason is far away',
    occasion: 'doctor',
    fails: 'edgecore-active',
    words: /starts again and again: up for \d+ s, [34] restarts in 10 minutes.*status=7/,
    release: 'bookworm',
    async breakIt(node) {
      await node.write('/usr/local/bin/chatty', chatty, 0o755)
      await changeUnit(
        `sed -i 's,^ExecStart=.*,ExecStart=/usr/local/bin/chatty,; s/^RestartSec=.*/RestartSec=1/' ${unitFile}`,
        '[ -e /run/chatty ]',
      )(node)
    },
    async repair(node) {
      await node.sh('rm /var/chatty /run/chatty /usr/local/bin/chatty')
      await restoreUnit(node)
    },
  },
  {
    what: 'the node has a certificate and was never registered',
    occasion: 'doctor',
    fails: 'edgecore-cloud',
    words: /has never been registered in the cloud/,
    release: 'trixie',
    breakIt: node => node.sh(`mv ${database} /var/edgecore.db; ${restartEdgecore('dial websocket error')}`),
    repair: node => node.sh(`mv /var/edgecore.db ${database}; ${restartEdgecore()}`),
  },
  {
    what: 'the API server was away when the node joined: connected, and never registered',
    occasion: 'doctor',
    fails: 'edgecore-cloud',
    fixable: true,
    words: /the cloud has no such node.*systemctl restart edgecore/,
    release: 'bookworm',
    async breakIt(node) {
      const cloud = await joinCloud(node, {
        prepare: cloud => cloud.set({ apiserverAway: true }),
        until: 'does not have NodeReady condition',
      })
      await cloud.set({})
      await node.sh('sleep 1')
    },
    repair: leaveCloud,
  },
  {
    what: 'nothing listens on the port of the websocket, and the node was never registered',
    occasion: 'doctor',
    fails: 'edgecore-cloud',
    words: /never been registered in the cloud: 203\.0\.113\.1:10077 refuses the connection/,
    release: 'trixie',
    breakIt: node => joinCloud(node, { websocket: '203.0.113.1:10077', until: 'dial websocket error' }),
    repair: leaveCloud,
  },
  {
    what: 'the websocket goes to the port of the certificates',
    occasion: 'doctor',
    fails: 'edgecore-cloud',
    words: /never been registered in the cloud: .*the port is wrong/,
    release: 'bookworm',
    breakIt: node => joinCloud(node, { websocket: '203.0.113.1:10002', until: 'dial websocket error' }),
    repair: leaveCloud,
  },
  {
    what: 'the certificate of the cloud does not have the address of the websocket',
    occasion: 'doctor',
    fails: 'edgecore-cloud',
    words: /never been registered in the cloud: .*does not name the address.*advertiseAddress/,
    release: 'trixie',
    breakIt: node => joinCloud(node, { websocket: `${otherAddress}:10000`, until: 'dial websocket error' }),
    repair: leaveCloud,
  },
  {
    what: 'the cloud was set up again and has a new CA',
    occasion: 'doctor',
    fails: 'edgecore-cloud',
    status: 'warn',
    words: /not signed by the CA that this node trusts/,
    release: 'bookworm',
    async breakIt(node) {
      const cloud = await joinCloud(node, { until: 'Successfully registered node' })
      await cloud.stop()
      await cloud.renew()
      await cloud.start()
      await node.sh(restartEdgecore('dial websocket error'))
    },
    repair: leaveCloud,
  },
  {
    what: 'the cloud cannot create the Node: EdgeCore crashes',
    occasion: 'doctor',
    fails: 'edgecore-active',
    words: /CloudCore refuses to register this node/,
    release: 'trixie',
    breakIt: node =>
      joinCloud(node, { prepare: cloud => cloud.set({ refuseNodes: true }), until: 'client.updateNodeDB' }),
    repair: leaveCloud,
  },
]
