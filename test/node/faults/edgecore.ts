import { changeEdgecore, restoreEdgecore } from '../../../lab/tweaks/edgecore-config.ts'
import { renewCertificates } from '../../../lab/tweaks/renew-certificates.ts'
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
    breakIt: changeEdgecore(
      "perl -0pi -e 's/  deviceTwin:\\n    enable: true/  deviceTwin:\\n    enable: false/' $file",
    ),
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
    words: /healthz: no answer within 5 s/,
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
]
