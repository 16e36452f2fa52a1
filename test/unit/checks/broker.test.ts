import { expect, test } from 'vitest'
import type { UnreadableEntry } from '../../../src/broker/access/password-file.ts'
import type { BrokerCertificateFacts } from '../../../src/facts/broker-access.ts'
import type { Holder } from '../../../src/facts/listeners.ts'
import type { FileSystem } from '../../../src/node/storage.ts'
import {
  broker,
  brokerConfig,
  brokerLogs,
  failed,
  image,
  journal,
  nothingLeft,
  probe,
  stranger,
} from './changes.ts'
import { holder, unit } from './healthy.ts'
import { type Healthy, type Row, resultOf, testRows } from './rows.ts'

const database = (node: Healthy) => node.brokerDatabase.value as NonNullable<typeof node.brokerDatabase.value>

const disk = (node: Healthy, changes: Partial<FileSystem>): unknown =>
  Object.assign(database(node).disk, changes)

/** The broker logs a line this long after it saved. */
const savedThen = (node: Healthy, afterMs: number, text: string): unknown =>
  node.brokerJournal.value.push({ time: (database(node).savedAt ?? 0) + afterMs, pid: 9, text })

const restartedThreeTimes = [1, 2, 3].map(counter => ({
  time: 0,
  pid: 1,
  text: `mosquitto.service: Scheduled restart job, restart counter is at ${counter}.`,
}))

const started = { time: 0, pid: 1, text: 'Started mosquitto.service - Mosquitto MQTT broker.' }
const outOfMemory = '2026-11-21T09:59:30: Client hub-client-pub-1 disconnected due to out of memory.'

const id = '0123456789abcdef'.repeat(4)
const inPod = { controlGroup: `/kubepods/besteffort/pod1/${id}`, container: id }

/** Who else can hold port 1883: what the remedy runs, and how the evidence names it. */
const holders: readonly [
  what: string,
  owner: Partial<Holder>,
  commands: readonly string[],
  evidence: string,
][] = [
  [
    'the DaemonSet of the CloudCore chart',
    { ...inPod, pod: 'kubeedge/edge-eclipse-mosquitto-x7k2p' },
    ['kubectl -n kubeedge delete daemonset edge-eclipse-mosquitto'],
    '0.0.0.0:1883 is held by mosquitto (pid 100, pod kubeedge/edge-eclipse-mosquitto-x7k2p)',
  ],
  [
    "edgekit's own DaemonSet",
    { ...inPod, pod: 'kubeedge/edgekit-mosquitto-ssgp6' },
    ['kubectl -n kubeedge delete daemonset edgekit-mosquitto'],
    '0.0.0.0:1883 is held by mosquitto (pid 100, pod kubeedge/edgekit-mosquitto-ssgp6)',
  ],
  [
    "keadm's pod",
    { ...inPod, pod: 'default/mqtt-kubeedge' },
    [
      "sed -i 's/DEPLOY_MQTT_CONTAINER=true/DEPLOY_MQTT_CONTAINER=false/' /etc/systemd/system/edgecore.service",
      'systemctl daemon-reload',
      'systemctl restart edgecore',
    ],
    '0.0.0.0:1883 is held by mosquitto (pid 100, pod default/mqtt-kubeedge)',
  ],
  [
    'any other pod',
    { ...inPod, pod: 'plant/mqtt-7c9d-abcde' },
    ["kubectl -n plant describe pod mqtt-7c9d-abcde | grep 'Controlled By'"],
    '0.0.0.0:1883 is held by mosquitto (pid 100, pod plant/mqtt-7c9d-abcde)',
  ],
  [
    'a pod whose labels are unknown',
    inPod,
    [`ctr -n k8s.io containers info ${id} | grep io.kubernetes.pod`],
    '0.0.0.0:1883 is held by mosquitto (pid 100, container 0123456789ab)',
  ],
  [
    'a container of ctr',
    { container: 'old-broker', controlGroup: '/k8s.io/old-broker' },
    ['ctr -n k8s.io tasks kill old-broker'],
    '0.0.0.0:1883 is held by mosquitto (pid 100, container old-broker)',
  ],
  [
    'a published port of a Docker container',
    { program: 'docker-proxy', unit: 'docker.service', controlGroup: '/system.slice/docker.service' },
    ['docker ps --filter publish=1883', 'docker rm -f $(docker ps -q --filter publish=1883)'],
    '0.0.0.0:1883 is held by docker-proxy (pid 100, docker.service)',
  ],
  [
    'a Docker container with host networking',
    { controlGroup: `/system.slice/docker-${id}.scope`, unit: `docker-${id}.scope` },
    ['docker rm -f 0123456789ab'],
    '0.0.0.0:1883 is held by mosquitto (pid 100, Docker container 0123456789ab)',
  ],
  [
    'a Docker container with the cgroup driver cgroupfs',
    { controlGroup: `/docker/${id}` },
    ['docker rm -f 0123456789ab'],
    '0.0.0.0:1883 is held by mosquitto (pid 100, Docker container 0123456789ab)',
  ],
  [
    'a Podman container',
    { controlGroup: `/machine.slice/libpod-${id}.scope/container`, unit: `libpod-${id}.scope` },
    ['podman rm -f 0123456789ab'],
    '0.0.0.0:1883 is held by mosquitto (pid 100, Podman container 0123456789ab)',
  ],
  [
    "the distribution's package",
    { unit: 'mosquitto-old.service', package: 'mosquitto' },
    [
      'systemctl disable --now mosquitto-old.service',
      'apt-get remove mosquitto',
      'systemctl status 100 --no-pager',
    ],
    '0.0.0.0:1883 is held by mosquitto (pid 100, mosquitto-old.service, package mosquitto)',
  ],
  [
    'a program that a user has started',
    { unit: 'session-3.scope', controlGroup: '/user.slice/user-1000.slice/session-3.scope' },
    ['kill 100', 'systemctl status 100 --no-pager'],
    '0.0.0.0:1883 is held by mosquitto (pid 100, session-3.scope)',
  ],
  [
    'a unit of a user',
    {
      unit: 'user@1000.service',
      controlGroup: '/user.slice/user-1000.slice/user@1000.service/app.slice/m.service',
    },
    ['kill 100', 'systemctl status 100 --no-pager'],
    '0.0.0.0:1883 is held by mosquitto (pid 100, user@1000.service)',
  ],
  [
    'a socket unit',
    { pid: 1, program: 'systemd', unit: 'init.scope', controlGroup: '/init.scope' },
    ['systemctl list-sockets --no-pager | grep :1883'],
    '0.0.0.0:1883 is held by systemd (pid 1, init.scope)',
  ],
]

const serverCertificate = (changes: Partial<BrokerCertificateFacts>) => (node: Healthy) =>
  (node.brokerAccess.value.certificate = {
    path: '/etc/edgekit/mosquitto/tls/server.crt',
    keyPath: '/etc/edgekit/mosquitto/tls/server.key',
    validTo: node.clock.value.now + 90 * 86_400_000,
    problem: undefined,
    missingNames: [],
    keyAccess: { mode: 0o600, uid: 1883, gid: 1883 },
    ...changes,
  })
const inDays = (days: number): number => Date.parse('2026-11-21T10:00:00Z') + days * 86_400_000

const hash21 = {
  user: 'app',
  why: 'has a hash that only mosquitto 2.1 reads (argon2id)',
  needsVersion21: true,
}
const passwords =
  (...unreadable: UnreadableEntry[]) =>
  (node: Healthy) =>
    (node.brokerAccess.value.passwords = { path: '/etc/edgekit/mosquitto/passwd', unreadable })

const accessRows: Row[] = [
  ['broker-certificate', 'pass', 'no certificate', 'the broker has no certificate', () => undefined],
  ['broker-certificate', 'pass', '90 days', '90 days', serverCertificate({})],
  ['broker-certificate', 'pass', '30 days', '30 days', serverCertificate({ validTo: inDays(30) })],
  [
    'broker-certificate',
    'warn',
    '29 days',
    '/etc/edgekit/mosquitto/tls/server.crt expires in 29 days',
    serverCertificate({ validTo: inDays(29.9) }),
  ],
  [
    'broker-certificate',
    'fail',
    'a problem',
    '/etc/edgekit/mosquitto/tls/server.crt: its key belongs to another certificate',
    serverCertificate({ problem: 'its key belongs to another certificate' }),
  ],
  [
    'broker-certificate',
    'warn',
    'a missing name',
    '/etc/edgekit/mosquitto/tls/server.crt is not for 192.0.2.7: devices that connect there refuse it',
    serverCertificate({ missingNames: ['192.0.2.7'] }),
  ],
  [
    'broker-certificate',
    'warn',
    "root's key",
    'user 1883 cannot read /etc/edgekit/mosquitto/tls/server.key (user 0, mode 600): the broker fails to reload it',
    serverCertificate({ keyAccess: { mode: 0o600, uid: 0, gid: 0 } }),
  ],
  [
    'broker-certificate',
    'pass',
    'a key that its group reads',
    '90 days',
    serverCertificate({ keyAccess: { mode: 0o640, uid: 0, gid: 1883 } }),
  ],
  ['broker-passwords', 'pass', 'no password file', 'the broker has no password file', () => undefined],
  ['broker-passwords', 'pass', 'readable ones', '/etc/edgekit/mosquitto/passwd', passwords()],
  [
    'broker-passwords',
    'fail',
    'argon2id',
    '1 user in /etc/edgekit/mosquitto/passwd cannot log in',
    passwords(hash21),
  ],
  [
    'broker-passwords',
    'pass',
    'argon2id on 2.1',
    '/etc/edgekit/mosquitto/passwd',
    node => {
      passwords(hash21)(node)
      Object.assign(node.bundle.value?.broker ?? {}, { image: 'docker.io:2/library/eclipse-mosquitto:2.1.2' })
    },
  ],
  [
    'broker-passwords',
    'fail',
    'plain text on 2.1',
    '1 user in /etc/edgekit/mosquitto/passwd cannot log in',
    node => {
      passwords({ ...hash21, needsVersion21: false })(node)
      Object.assign(node.bundle.value?.broker ?? {}, { image: 'docker.io/library/eclipse-mosquitto:2.1.2' })
    },
  ],
  [
    'broker-conf-d',
    'warn',
    'a contradiction',
    '/etc/edgekit/mosquitto/conf.d/a.conf:2: listeners are settings of edgekit',
    node =>
      node.brokerAccess.value.confD.push({
        path: '/etc/edgekit/mosquitto/conf.d/a.conf',
        line: 2,
        text: 'listener 1884',
        reason: 'listeners are settings of edgekit',
      }),
  ],
]

const brokerSays =
  (...texts: string[]) =>
  (node: Healthy) =>
    (node.brokerJournal.value = journal(...texts))
const taken = '2026-11-21T09:00:00: Client sensor-1 already connected, closing old connection.'

const lossRows: Row[] = [
  [
    'broker-losses',
    'warn',
    'a full queue',
    'the queue is full, and messages are dropped, for client app-1',
    brokerSays('2026-11-21T09:00:00: Outgoing messages are being dropped for client app-1.'),
  ],
  [
    'broker-losses',
    'warn',
    'a large message',
    'client cam [2] sent a message above max_packet_size and was disconnected',
    brokerSays('Client cam [2] [192.0.2.9:4711] disconnected due to oversize packet.'),
  ],
  [
    'broker-losses',
    'warn',
    'a client ID of several clients',
    'several clients use the client ID sensor-1 and disconnect each other',
    node => {
      brokerSays(taken, taken, taken)(node)
      node.clock.value.now = (node.brokerJournal.value.at(-1)?.time ?? 0) + 1_000
    },
  ],
  [
    'broker-losses',
    'pass',
    'a client ID of several clients, no longer',
    'none found in the last lines of the log',
    node => {
      brokerSays(taken, taken, taken)(node)
      node.clock.value.now = (node.brokerJournal.value.at(-1)?.time ?? 0) + 21_000
    },
  ],
  [
    'broker-losses',
    'pass',
    'the client IDs of EdgeCore, for which another check is',
    'none found in the last lines of the log',
    node => {
      brokerSays(taken, taken, taken)(node)
      const config = node.edgecoreConfig.value.config
      if (config) config.eventBus.mqttSubClientID.value = 'sensor-1'
    },
  ],
  [
    'broker-losses',
    'warn',
    'messages that were dropped before the last lines of the log',
    'the broker drops messages: about 12 per minute within the last 15 minutes',
    node => Object.assign(node.brokerProbe.value, { droppedPerMinute: 11.3 }),
  ],
  [
    'broker-losses',
    'pass',
    'messages that were dropped long ago',
    'none found in the last lines of the log',
    node => Object.assign(node.brokerProbe.value, { droppedPerMinute: 0.09 }),
  ],
  [
    'broker-losses',
    'pass',
    'a client that was taken over twice',
    'none found in the last lines of the log',
    brokerSays(taken, taken),
  ],
]

const rows: Row[] = [
  ...accessRows,
  ...lossRows,
  [
    'broker-port',
    'fail',
    'held by another program',
    'another program uses port 1883',
    node => (node.listeners.value[0] = { address: '0.0.0.0', port: 1883, owner: stranger }),
  ],
  [
    'broker-port',
    'fail',
    'held by an unknown process',
    'another program uses port 1883',
    node => (node.listeners.value[0] = { address: '::', port: 1883, owner: undefined }),
  ],
  ...holders.map(
    ([what, owner, , text]): Row => [
      'broker-port',
      'fail',
      what,
      text,
      node => (node.listeners.value[0] = { address: '0.0.0.0', port: 1883, owner: holder(owner) }),
    ],
  ),
  ['broker-port', 'pass', 'free', 'no other program uses it', node => (node.listeners.value = [])],
  [
    'one-broker',
    'warn',
    'a second broker',
    'another broker listens on another port',
    node => node.listeners.value.push({ address: '::', port: 1885, owner: holder() }),
  ],
  [
    'one-broker',
    'pass',
    'another program',
    'no other broker listens',
    node => node.listeners.value.push({ address: '::', port: 22, owner: holder({ program: 'sshd' }) }),
  ],
  [
    'broker-image',
    'fail',
    'a missing image',
    'docker.io/library/eclipse-mosquitto:2.0 is missing from namespace k8s.io',
    node => (node.containerd.value.images = []),
  ],
  [
    'broker-image',
    'fail',
    'another digest',
    'docker.io/library/eclipse-mosquitto:2.0 is sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, expected sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    node => Object.assign(image(node) ?? {}, { digest: `sha256:${'b'.repeat(64)}` }),
  ],
  [
    'broker-image',
    'fail',
    'incomplete',
    'docker.io/library/eclipse-mosquitto:2.0 is incomplete',
    node => Object.assign(image(node) ?? {}, { complete: false }),
  ],
  [
    'broker-image',
    'fail',
    'not unpacked',
    'docker.io/library/eclipse-mosquitto:2.0 is not unpacked',
    node => Object.assign(image(node) ?? {}, { unpacked: false }),
  ],
  [
    'broker-image',
    'warn',
    'not pinned',
    'the broker image is not pinned',
    node => Object.assign(image(node) ?? {}, { pinned: false }),
  ],
  [
    'broker-image',
    'skip',
    'no bundle installed',
    'no bundle is installed',
    node => (node.bundle.value = undefined),
  ],
  [
    'broker-image',
    'fail',
    'another platform',
    'docker.io/library/eclipse-mosquitto:2.0 is for linux/arm64, expected linux/amd64',
    node => Object.assign(image(node) ?? {}, { platforms: ['linux/arm64'] }),
  ],
  [
    'broker-image',
    'pass',
    'one platform among others',
    'docker.io/library/eclipse-mosquitto:2.0, complete, unpacked, pinned',
    node => Object.assign(image(node) ?? {}, { platforms: ['linux/386', 'linux/amd64', 'unknown/unknown'] }),
  ],
  [
    'broker-data',
    'fail',
    'a directory owned by root',
    '/var/lib/edgekit/mosquitto belongs to user 0, mode 700: user 1883 cannot write to it',
    node => Object.assign(brokerConfig(node).data ?? {}, { uid: 0 }),
  ],
  [
    'broker-data',
    'fail',
    'no directory',
    '/var/lib/edgekit/mosquitto does not exist',
    node => (brokerConfig(node).data = undefined),
  ],
  [
    'broker-data',
    'fail',
    'a read-only directory',
    '/var/lib/edgekit/mosquitto belongs to user 1883, mode 500: user 1883 cannot write to it',
    node => Object.assign(brokerConfig(node).data ?? {}, { mode: 0o500 }),
  ],
  [
    'broker-data',
    'warn',
    'no persistence',
    'persistence is off in mosquitto.conf',
    node => (brokerConfig(node).persistence = false),
  ],
  [
    'broker-data',
    'skip',
    'no configuration',
    'mosquitto.conf does not exist',
    node => (node.brokerConfig.value = undefined),
  ],
  [
    'broker-data',
    'fail',
    'a location in the container',
    'persistence_location / is in the read-only container',
    node => Object.assign(brokerConfig(node), { persistenceLocation: '/', dataDirectory: undefined }),
  ],
  [
    'broker-data',
    'pass',
    'another location',
    'saved in /mnt/flash',
    node => Object.assign(brokerConfig(node), { dataDirectory: '/mnt/flash' }),
  ],
  [
    'broker-disk',
    'fail',
    'a full disk',
    'the broker cannot save messages: 0 B available in /, /var/lib/edgekit/mosquitto/mosquitto.db has 40.0 kB',
    node => disk(node, { availableBytes: 0 }),
  ],
  [
    'broker-disk',
    'fail',
    'less room than the database needs',
    'the broker cannot save messages: 60.0 MB available in /, /var/lib/edgekit/mosquitto/mosquitto.db has 60.0 MB',
    node => {
      disk(node, { availableBytes: 60e6 })
      Object.assign(database(node), { bytes: 60e6 })
    },
  ],
  [
    'broker-disk',
    'warn',
    'a disk that is nearly full',
    '5.0 MB available in /, /var/lib/edgekit/mosquitto/mosquitto.db has 40.0 kB',
    node => disk(node, { availableBytes: 5e6 }),
  ],
  [
    'broker-disk',
    'fail',
    'no inodes',
    'the broker cannot save messages: no free inodes in /',
    node => disk(node, { freeInodes: 0 }),
  ],
  [
    'broker-disk',
    'pass',
    'a file system that does not count inodes',
    '50.0 GB available in /, /var/lib/edgekit/mosquitto/mosquitto.db has 40.0 kB',
    node => disk(node, { totalInodes: 0, freeInodes: 0 }),
  ],
  [
    'broker-disk',
    'fail',
    'a read-only disk',
    '/, where the broker saves messages, is read-only',
    node => disk(node, { readOnly: true }),
  ],
  [
    'broker-disk',
    'skip',
    'no persistence',
    'the broker does not save messages',
    node => (node.brokerDatabase.value = undefined),
  ],
  [
    'broker-database',
    'warn',
    'a damaged database',
    '/var/lib/edgekit/mosquitto/mosquitto.db.damaged-2026-11-21T09-00-00Z (8.0 kB)',
    node =>
      Object.assign(database(node), {
        setAside: [
          {
            path: '/var/lib/edgekit/mosquitto/mosquitto.db.damaged-2026-11-21T09-00-00Z',
            bytes: 8_000,
            reason: 'damaged',
          },
        ],
      }),
  ],
  [
    'broker-database',
    'warn',
    'a database that was too large',
    '/var/lib/edgekit/mosquitto/mosquitto.db was too large to load when the broker started: its retained and queued messages and its sessions are lost',
    node =>
      Object.assign(database(node), {
        setAside: [{ path: '/mosquitto.db.too-large-2026-11-21T09-00-00Z', bytes: 2e8, reason: 'too-large' }],
      }),
  ],
  [
    'broker-database',
    'skip',
    'no persistence',
    'the broker does not save messages',
    node => (node.brokerDatabase.value = undefined),
  ],
  [
    'broker-capacity',
    'fail',
    'all connections taken',
    'user mallory has 510',
    node => {
      node.brokerProbe.value = failed
      Object.assign(node.brokerClients.value, {
        total: 512,
        users: [
          { uid: 1000, name: 'mallory', connections: 510 },
          { uid: 0, name: 'root', connections: 2 },
        ],
      })
    },
  ],
  [
    'broker-capacity',
    'warn',
    'nearly all connections taken',
    '461 of 512 connections are in use',
    node => Object.assign(node.brokerClients.value, { total: 461 }),
  ],
  [
    'broker-capacity',
    'pass',
    'many connections',
    '460 of 512 connections',
    node => Object.assign(node.brokerClients.value, { total: 460 }),
  ],
  [
    'broker-capacity',
    'warn',
    'nearly all connections of devices taken',
    '922 of 1024 connections to port 8883 are in use',
    node => {
      const listener = { address: '192.0.2.10', anonymous: false, tls: true, maxConnections: 512 }
      brokerConfig(node).listeners.push({ ...listener, port: 8883 }, { ...listener, port: 8883 })
      node.brokerClients.value.devices = [{ port: 8883, connections: 922 }]
    },
  ],
  [
    'broker-capacity',
    'pass',
    'connections to a port that is not of the broker',
    '3 of 512 connections',
    node => (node.brokerClients.value.devices = [{ port: 8883, connections: 922 }]),
  ],
  [
    'broker-capacity',
    'warn',
    'memory that is nearly full',
    'the broker uses 220.0 MB of its limit of 268.4 MB',
    node => Object.assign(node.brokerProbe.value, { heapBytes: 220_000_000 }),
  ],
  [
    'broker-capacity',
    'warn',
    'sessions of clients with random client IDs',
    '1000 durable sessions wait for clients that are offline, and 3 clients are connected',
    node => Object.assign(node.brokerProbe.value, { waitingSessions: 1000 }),
  ],
  [
    'broker-capacity',
    'pass',
    'a large fleet, of which many are offline',
    '3 of 512 connections',
    node => Object.assign(node.brokerProbe.value, { waitingSessions: 5000, clients: 501 }),
  ],
  [
    'broker-capacity',
    'pass',
    'no limit',
    '9000 of unlimited connections',
    node => {
      Object.assign(node.brokerClients.value, { total: 9000 })
      Object.assign(brokerConfig(node).listeners[0] ?? {}, { maxConnections: undefined })
    },
  ],
  [
    'broker-capacity',
    'fail',
    'no memory',
    'the broker had no memory left below its limit of 268.4 MB, and disconnected clients',
    node => {
      node.brokerProbe.value = failed
      node.brokerJournal.value = [started, { time: 0, pid: 9, text: outOfMemory }]
    },
  ],
  [
    'broker-capacity',
    'warn',
    'memory that was short for a while',
    outOfMemory,
    node => (node.brokerJournal.value = [started, { time: 0, pid: 9, text: outOfMemory }]),
  ],
  [
    'broker-capacity',
    'pass',
    'memory that was short before a restart',
    '3 of 512 connections',
    node => (node.brokerJournal.value = [{ time: 0, pid: 9, text: outOfMemory }, started]),
  ],
  [
    'broker-saves',
    'fail',
    'an empty database',
    'the last save failed: /var/lib/edgekit/mosquitto/mosquitto.db is empty',
    node => Object.assign(database(node), { bytes: 0 }),
  ],
  [
    'broker-saves',
    'fail',
    'an error after the last save',
    'the last save failed: No space left on device',
    node => savedThen(node, 60_000, '2026-11-21T10:00:00: Error: No space left on device.'),
  ],
  ...[
    // mosquitto 2.0, with glibc and with musl.
    ['2026-11-21T10:00:00: Error: Input/output error.', 'Input/output error'],
    ['2026-11-21T10:00:00: Error: I/O error.', 'I/O error'],
    ['2026-11-21T10:00:00: Error: Disk quota exceeded.', 'Disk quota exceeded'],
    ['2026-11-21T10:00:00: Error: Quota exceeded.', 'Quota exceeded'],
    // mosquitto 2.1.
    [
      '2026-11-21T10:00:00: Error saving in-memory database, unable to open /mosquitto/data/mosquitto.db.new for writing, error Read-only file system',
      'Read-only file system',
    ],
    [
      '2026-11-21T10:00:00: Error saving in-memory database, unable to sync /mosquitto/data/mosquitto.db.new to disk, error I/O error',
      'I/O error',
    ],
    [
      '2026-11-21T10:00:00: Error during saving in-memory database /mosquitto/data/mosquitto.db: No space left on device.',
      'No space left on device',
    ],
  ].map(
    ([line = '', reason = '']): Row => [
      'broker-saves',
      'fail',
      line,
      `the last save failed: ${reason}`,
      node => savedThen(node, 60_000, line),
    ],
  ),
  [
    'broker-saves',
    'pass',
    'an error before the last save',
    'last saved at 2026-11-21T09:59:30.000Z',
    node => savedThen(node, -60_000, '2026-11-21T09:58:30: Error: No space left on device.'),
  ],
  [
    'broker-saves',
    'pass',
    'another error',
    'last saved at 2026-11-21T09:59:30.000Z',
    node => savedThen(node, 60_000, '2026-11-21T10:00:00: Error: Success.'),
  ],
  [
    'broker-saves',
    'pass',
    'a new broker',
    'not saved yet',
    node => Object.assign(database(node), { bytes: undefined, savedAt: undefined }),
  ],
  [
    'broker-saves',
    'skip',
    'no persistence',
    'the broker does not save messages',
    node => (node.brokerDatabase.value = undefined),
  ],
  ...[
    '1795257569: Error found at /mosquitto/config/mosquitto.conf:32.',
    '2026-11-21T10:39:35: Error: Unable to open pwfile "/mosquitto/config/passwd".',
    '2026-11-21T10:39:39: Error: Unable to open acl_file "/mosquitto/config/acl".',
    '2026-11-21T10:39:41: OpenSSL Error[1]: error:10080002:BIO routines::system lib',
    "2026-11-21T10:39:44: Error: Couldn't open database.",
    '1795257591: Error: Unable to open config file /mosquitto/config/mosquitto.conf.',
    '2026-11-21T10:39:31: Error: Cannot assign requested address',
    '2026-11-21T10:39:31: Error: Address already in use',
  ].map((line): Row => ['broker-log', 'fail', line, line, brokerLogs(line)]),
  [
    'broker-log',
    'warn',
    'a broker that runs without its log file',
    'the broker cannot write its log file /mosquitto/log/m.log: the broker container is read-only',
    node =>
      (node.brokerJournal.value = journal(
        '2026-11-21T10:39:31: Error: Unable to open log file /mosquitto/log/m.log for writing.',
      )),
  ],
  [
    'broker-log',
    'pass',
    'unknown log lines',
    'none found in the journal',
    brokerLogs('New connection from 127.0.0.1'),
  ],
  [
    'broker-log',
    'pass',
    'an error of an earlier start',
    'none found in the journal',
    node => {
      node.units.value.broker = unit('mosquitto.service', { active: 'activating' })
      node.brokerJournal.value = [
        ...journal("Error: Couldn't open database."),
        ...journal('fine'),
        ...journal('fine'),
      ]
    },
  ],
  [
    'broker-log',
    'pass',
    'an error before a successful start',
    'none found in the journal',
    node => (node.brokerJournal.value = journal("Error: Couldn't open database.")),
  ],
  [
    'broker-active',
    'fail',
    'failed',
    'mosquitto.service is failed (running), result success, 0 restarts',
    node => {
      nothingLeft(node)
      node.units.value.broker.active = 'failed'
    },
  ],
  [
    'broker-active',
    'fail',
    'restarting',
    'mosquitto.service is activating (running), result success, 0 restarts',
    node => (node.units.value.broker.active = 'activating'),
  ],
  [
    'broker-active',
    'fail',
    'no unit',
    'mosquitto.service does not exist',
    node => {
      nothingLeft(node)
      node.units.value.broker = unit('mosquitto.service', { load: 'not-found', active: 'inactive' })
    },
  ],
  [
    'broker-active',
    'pass',
    'an active unit without a bundle',
    'active (running), 0 restarts',
    node => (node.bundle.value = undefined),
  ],
  [
    'broker-at-boot',
    'warn',
    'disabled',
    'mosquitto.service is disabled: it will not start at the next boot',
    node => (node.units.value.broker.enabled = 'disabled'),
  ],
  [
    'broker-stable',
    'fail',
    'repeated restarts, the last just now',
    'up for 4 s, 3 restarts in 10 minutes',
    node => {
      node.units.value.broker.activeForMs = 4_000
      node.brokerJournal.value = restartedThreeTimes
    },
  ],
  [
    'broker-stable',
    'pass',
    'repeated restarts, up since',
    'up for 3600 s, 3 restarts in the 10 minutes before',
    node => (node.brokerJournal.value = restartedThreeTimes),
  ],
  [
    'broker-stable',
    'pass',
    'many restarts over time, one just now',
    'up for 4 s, 1 restarts in the 10 minutes before',
    node => {
      Object.assign(node.units.value.broker, { restarts: 40, activeForMs: 4_000 })
      node.brokerJournal.value = restartedThreeTimes.slice(-1)
    },
  ],
  [
    'broker-listening',
    'fail',
    'no listener',
    'no program listens on port 1883',
    node => (node.listeners.value = []),
  ],
  [
    'broker-listening',
    'fail',
    'open to the network',
    'port 1883 is open to the network on 0.0.0.0',
    node => {
      const [own] = node.listeners.value
      if (own) node.listeners.value.push({ ...own, address: '0.0.0.0' })
    },
  ],
  [
    'broker-listening',
    'pass',
    'open to the network, with authentication',
    '0.0.0.0:1883',
    node => {
      const [own] = node.listeners.value
      if (own) node.listeners.value = [{ ...own, address: '0.0.0.0' }]
      for (const listener of brokerConfig(node).listeners) listener.anonymous = false
    },
  ],
  [
    'broker-log-drained',
    'fail',
    'a full pipe',
    'the broker is blocked: its log pipe is full and not read',
    node => broker(node, { kernelWait: 'anon_pipe_write' }),
  ],
  [
    'broker-log-drained',
    'fail',
    'ctr stopped',
    'ctr is stopped: the broker blocks when its log pipe is full',
    node => broker(node, { logReaders: [{ program: 'ctr', state: 'T', residentBytes: 1 }] }),
  ],
  [
    'broker-log-drained',
    'skip',
    'no process',
    'the broker is not running',
    node => (node.brokerProcess.value = undefined),
  ],
  [
    'broker-login',
    'fail',
    'a rejected login',
    'without a user name and with no password, as in edgecore.yaml: Not authorized (code 5)',
    node => (node.brokerProbe.value = { refused: { code: 5, reason: 'Not authorized' } }),
  ],
  [
    'broker-round-trip',
    'fail',
    'a failed probe',
    'no message came back',
    node => (node.brokerProbe.value = { failure: 'no message came back' }),
  ],
  [
    'broker-round-trip',
    'skip',
    'a rejected login',
    'depends on broker-login',
    node => (node.brokerProbe.value = { refused: { code: 5, reason: 'Not authorized' } }),
  ],
  [
    'broker-round-trip',
    'fail',
    'no message arrives',
    'no message came back in time',
    node => probe(node, { qos0: failed, qos1: failed, edgecoreTopics: failed }),
  ],
  [
    'broker-round-trip',
    'pass',
    "an access list without edgekit's topic",
    "QoS 0 denied on edgekit's topic, QoS 1 denied on edgekit's topic; MQTT 3.1.1 and 5",
    node => probe(node, { qos0: failed, qos1: failed }),
  ],
  [
    'broker-round-trip',
    'warn',
    'slow messages',
    'QoS 0 in 1500.0 ms, QoS 1 in 1600.0 ms; slow',
    node => probe(node, { qos0: { ms: 1500 }, qos1: { ms: 1600 }, edgecoreTopics: { ms: 1700 } }),
  ],
  [
    'broker-round-trip',
    'pass',
    'messages on an emulated processor',
    'QoS 0 in 1500.0 ms, QoS 1 in 1600.0 ms; MQTT 3.1.1 and 5',
    node => {
      probe(node, { qos0: { ms: 1500 }, qos1: { ms: 1600 }, edgecoreTopics: { ms: 1700 } })
      node.machine.value.slowness = 3
    },
  ],
  [
    'broker-round-trip',
    'warn',
    'no MQTT 5',
    'QoS 0 in 1.2 ms, QoS 1 in 1.4 ms; MQTT 5 failed: Unacceptable protocol version',
    node => probe(node, { mqtt5: { failure: 'Unacceptable protocol version' } }),
  ],
  [
    'broker-durable-session',
    'warn',
    'a lost message',
    'the broker acknowledged a message for an offline subscriber, which did not receive it: no message came back in time',
    node => probe(node, { offline: failed }),
  ],
  [
    'broker-durable-session',
    'skip',
    'no MQTT 5',
    'the broker does not accept MQTT 5',
    node => probe(node, { mqtt5: failed, offline: undefined }),
  ],
  [
    'broker-durable-session',
    'skip',
    "an access list without EdgeCore's topics",
    'an access list denies the topics of the test',
    node => probe(node, { edgecoreTopics: failed, offline: failed }),
  ],
]

testRows(rows)

test.each(holders)('frees the port held by %s', (_, owner, commands) => {
  const result = resultOf('broker-port', node => {
    node.listeners.value[0] = { address: '0.0.0.0', port: 1883, owner: holder(owner) }
  })
  expect(result?.remedy?.commands).toEqual(commands)
})

test('a second broker that listens on two addresses has one remedy', () => {
  const owner = holder({ pid: 962, unit: 'own.service' })
  const result = resultOf('one-broker', node =>
    node.listeners.value.push(
      { address: '127.0.0.1', port: 1885, owner },
      { address: '::1', port: 1885, owner },
    ),
  )
  expect(result?.remedy?.commands).toEqual([
    'systemctl disable --now own.service',
    'systemctl status 962 --no-pager',
  ])
})

test('the evidence of broker-active leaves out the clients of edgekit', () => {
  const result = resultOf('broker-active', node => {
    nothingLeft(node)
    node.units.value.broker.active = 'failed'
    node.brokerJournal.value = journal(
      '1: Client hub disconnected.',
      '1: New connection from 127.0.0.1:41000 on port 1883.',
      '1: New client connected from 127.0.0.1:41000 as edgekit-1aa0be7e (p2, c1, k60).',
      '1: Client edgekit-1aa0be7e disconnected.',
    )
  })
  expect(result?.evidence).toEqual(['1: Client hub disconnected.'])
})
