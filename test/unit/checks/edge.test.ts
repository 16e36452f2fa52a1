import { expect, test } from 'vitest'
import type { CheckResult } from '../../../src/checks/check.ts'
import { checks } from '../../../src/checks/index.ts'
import { runChecks } from '../../../src/checks/run-checks.ts'
import { readEdgecoreConfig } from '../../../src/edgecore/config/config.ts'
import type { BrokerProcessFacts } from '../../../src/facts/broker-process.ts'
import type { CertificateFacts } from '../../../src/facts/certificates.ts'
import type { ChangedFile } from '../../../src/facts/drift.ts'
import { healthy, holder, unit } from './healthy.ts'

type Healthy = ReturnType<typeof healthy>
type Row = [id: string, status: CheckResult['status'], what: string, breakIt: (node: Healthy) => unknown]

const config =
  (text: string) =>
  (node: Healthy): unknown =>
    (node.edgecoreConfig.value.config = readEdgecoreConfig(`${text}\n`))
const broker = (node: Healthy, changes: Partial<BrokerProcessFacts>): unknown =>
  Object.assign(node.brokerProcess.value ?? {}, changes)
const brokerConfig = (node: Healthy) => node.brokerConfig.value as NonNullable<typeof node.brokerConfig.value>
const certificate = (node: Healthy, changes: Partial<CertificateFacts>): unknown =>
  Object.assign(node.certificates.value.node ?? {}, changes)
const probe = (node: Healthy, changes: object): unknown => Object.assign(node.brokerProbe.value, changes)
const database = (node: Healthy, size: number | undefined): unknown =>
  Object.assign(node.edgecoreDatabase.value, { size, isDatabase: false })
const drift = (node: Healthy) => node.drift.value as NonNullable<typeof node.drift.value>
const changed =
  (path: string, how: string, kind: ChangedFile['kind'] = 'file') =>
  (node: Healthy): unknown =>
    drift(node).changed.push({ path, kind, how, gone: how === 'is gone' })
const restartedThreeTimes = [1, 2, 3].map(counter => ({
  time: 0,
  pid: 1,
  text: `mosquitto.service: Scheduled restart job, restart counter is at ${counter}.`,
}))
const failed = { failure: 'no message came back in time' }
const journal = (...texts: string[]) => [
  { time: 0, pid: 1, text: 'Starting mosquitto.service - Mosquitto…' },
  ...texts.map(text => ({ time: 0, pid: 9, text })),
]
const brokerSays =
  (...texts: string[]) =>
  (node: Healthy): void => {
    node.units.value.broker = unit('mosquitto.service', { active: 'activating' })
    node.brokerJournal.value = journal(...texts)
  }
const token = (parts: string) => `modules: {edgeHub: {token: ${parts}}}`
const joining =
  (text: string) =>
  (node: Healthy): void => {
    node.certificates.value.node = undefined
    config(text)(node)
  }
const jwt = (payload: object) => `a.b.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c`
const now = Date.parse('2026-11-21T10:00:00Z')
const dayMs = 86_400_000

const table: Row[] = [
  [
    'one-broker',
    'warn',
    'a second one',
    node => node.listeners.value.push({ address: '::', port: 1885, owner: holder() }),
  ],
  [
    'one-broker',
    'pass',
    'another program',
    node => node.listeners.value.push({ address: '::', port: 22, owner: holder({ program: 'sshd' }) }),
  ],
  [
    'broker-data',
    'fail',
    'a directory of root',
    node => Object.assign(brokerConfig(node).data ?? {}, { uid: 0 }),
  ],
  ['broker-data', 'fail', 'no directory', node => (brokerConfig(node).data = undefined)],
  [
    'broker-data',
    'fail',
    'a read-only directory',
    node => Object.assign(brokerConfig(node).data ?? {}, { mode: 0o500 }),
  ],
  ['broker-data', 'warn', 'no persistence', node => (brokerConfig(node).persistence = false)],
  ['broker-data', 'skip', 'no configuration', node => (node.brokerConfig.value = undefined)],
  ...(
    [
      ['1795257569: Error found at /mosquitto/config/mosquitto.conf:32.'],
      ['2026-11-21T10:39:35: Error: Unable to open pwfile "/mosquitto/config/passwd".'],
      ['2026-11-21T10:39:39: Error: Unable to open acl_file "/mosquitto/config/acl".'],
      ['2026-11-21T10:39:41: OpenSSL Error[1]: error:10080002:BIO routines::system lib'],
      ["2026-11-21T10:39:44: Error: Couldn't open database."],
      ['1795257591: Error: Unable to open config file /mosquitto/config/mosquitto.conf.'],
      ['2026-11-21T10:39:31: Error: Cannot assign requested address'],
      ['2026-11-21T10:39:31: Error: Address already in use'],
    ] as const
  ).map(([said]): Row => ['broker-log', 'fail', said, brokerSays(said)]),
  ['broker-log', 'pass', 'words nobody knows', brokerSays('New connection from 127.0.0.1')],
  [
    'broker-log',
    'pass',
    'trouble of an earlier start',
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
    'trouble that is over',
    node => (node.brokerJournal.value = journal("Error: Couldn't open database.")),
  ],
  ['broker-at-boot', 'warn', 'disabled', node => (node.units.value.broker.enabled = 'disabled')],
  [
    'broker-stable',
    'fail',
    'restarted just now, and often',
    node => {
      node.units.value.broker.activeForMs = 4_000
      node.brokerJournal.value = restartedThreeTimes
    },
  ],
  [
    'broker-stable',
    'pass',
    'restarted often, and it has been up since',
    node => (node.brokerJournal.value = restartedThreeTimes),
  ],
  [
    'broker-stable',
    'pass',
    'restarted often in its life, and once just now',
    node => {
      Object.assign(node.units.value.broker, { restarts: 40, activeForMs: 4_000 })
      node.brokerJournal.value = restartedThreeTimes.slice(-1)
    },
  ],
  ['broker-log-drained', 'fail', 'a full pipe', node => broker(node, { kernelWait: 'anon_pipe_write' })],
  [
    'broker-log-drained',
    'fail',
    'ctr stopped',
    node => broker(node, { logReaders: [{ program: 'ctr', state: 'T', residentBytes: 1 }] }),
  ],
  ['broker-log-drained', 'skip', 'no process', node => (node.brokerProcess.value = undefined)],
  [
    'broker-login',
    'fail',
    'refused',
    node => (node.brokerProbe.value = { refused: { code: 5, reason: 'Not authorized' } }),
  ],
  [
    'broker-round-trip',
    'skip',
    'refused',
    node => (node.brokerProbe.value = { refused: { code: 5, reason: 'Not authorized' } }),
  ],
  [
    'broker-round-trip',
    'fail',
    'nothing comes back',
    node => probe(node, { qos0: failed, qos1: failed, edgecoreTopics: failed }),
  ],
  [
    'broker-round-trip',
    'pass',
    'an access list without the topic of edgekit',
    node => probe(node, { qos0: failed, qos1: failed }),
  ],
  [
    'broker-round-trip',
    'warn',
    'slow',
    node => probe(node, { qos0: { ms: 1500 }, qos1: { ms: 1600 }, edgecoreTopics: { ms: 1700 } }),
  ],
  [
    'broker-round-trip',
    'warn',
    'no MQTT 5',
    node => probe(node, { mqtt5: { failure: 'Unacceptable protocol version' } }),
  ],
  ['edgecore-config-file', 'fail', 'no file', node => (node.edgecoreConfig.value.config = undefined)],
  [
    'edgecore-config-file',
    'fail',
    'not YAML',
    node => Object.assign(node.edgecoreConfig.value, { config: undefined, problem: 'line 2' }),
  ],
  ['edgecore-config-file', 'warn', 'two files', node => (node.edgecoreConfig.value.hasUnusedDefault = true)],
  ...[
    'modules: {eventBus: null}',
    'modules: {eventBus: {eventBusTLS: }}',
    'modules: {eventBus: {mqttMode: 3}}',
    'modules: {eventBus: {mqttMode: "2"}}',
    'modules: {eventBus: {eventBusTLS: {enable: "yes"}}}',
    'modules: {eventBus: {mqttPassword: [a]}}',
    'modules: {deviceTwin: {enable: 1}}',
    'modules: {edged: {tailoredKubeletConfig: {cgroupDriver: cgroup}}}',
    'modules: {edgeHub: {websocket: {enable: true}, quic: {enable: true}}}',
  ].map((text): Row => ['edgecore-config-valid', 'fail', text, config(text)]),
  ['edgecore-event-bus', 'skip', 'no file', node => (node.edgecoreConfig.value.config = undefined)],
  ['event-bus-tls', 'fail', 'TLS and tcp://', config('modules: {eventBus: {eventBusTLS: {enable: true}}}')],
  [
    'event-bus-tls',
    'fail',
    'ssl:// without TLS',
    config('modules: {eventBus: {mqttServerExternal: "ssl://127.0.0.1:8883"}}'),
  ],
  [
    'event-bus-tls',
    'pass',
    'ssl:// and TLS',
    config('modules: {eventBus: {mqttServerExternal: "ssl://127.0.0.1:8883", eventBusTLS: {enable: true}}}'),
  ],
  [
    'event-bus-tls',
    'fail',
    'no files',
    node => node.certificates.value.eventBusProblems.push('x does not exist'),
  ],
  [
    'event-bus-clients',
    'fail',
    'one id for both',
    config('modules: {eventBus: {mqttSubClientID: a, mqttPubClientID: a}}'),
  ],
  [
    'event-bus-clients',
    'pass',
    'two ids',
    config('modules: {eventBus: {mqttSubClientID: a, mqttPubClientID: b}}'),
  ],
  ['event-bus-clients', 'warn', 'a password alone', config('modules: {eventBus: {mqttPassword: secret}}')],
  ['node-certificate', 'fail', 'expired', node => certificate(node, { validTo: now - 1 })],
  ['node-certificate', 'fail', 'not valid yet', node => certificate(node, { validFrom: now + 1 })],
  ['node-certificate', 'fail', 'another key', node => certificate(node, { keyMatches: false })],
  ['node-certificate', 'fail', 'no key', node => certificate(node, { keyMatches: undefined })],
  ['node-certificate', 'fail', 'no CA', node => certificate(node, { issuedByAuthority: undefined })],
  ['node-certificate', 'fail', 'another CA', node => certificate(node, { issuedByAuthority: false })],
  [
    'node-certificate',
    'fail',
    'no certificate at all',
    node => (node.certificates.value.node = { problem: 'not PEM' }),
  ],
  ['node-certificate', 'skip', 'not joined', node => (node.certificates.value.node = undefined)],
  ['certificate-expiry', 'warn', '29 days', node => certificate(node, { validTo: now + 29.5 * dayMs })],
  ['certificate-expiry', 'pass', '30 days', node => certificate(node, { validTo: now + 30 * dayMs })],
  ['edgecore-token', 'skip', 'neither certificate nor token', joining('modules: {}')],
  ['edgecore-token', 'pass', 'a good token', joining(token(jwt({ exp: now / 1000 + 60 })))],
  ['edgecore-token', 'fail', 'an expired token', joining(token(jwt({ exp: now / 1000 - 60 })))],
  ['edgecore-token', 'fail', 'half a token', joining(token('a.b'))],
  ['edgecore-token', 'skip', 'no cloud wanted', joining('modules: {edgeHub: {enable: false}}')],
  [
    'edgecore-token',
    'fail',
    'half a token in the file of keadm',
    node => {
      node.certificates.value.node = undefined
      node.certificates.value.bootstrapFile = { set: true, parts: 2 }
    },
  ],
  ['edgecore-at-boot', 'warn', 'disabled', node => (node.units.value.edgecore.enabled = 'disabled')],
  [
    'edgecore-at-boot',
    'skip',
    'not in use',
    node =>
      (node.units.value.edgecore = unit('edgecore.service', { active: 'inactive', enabled: 'disabled' })),
  ],
  [
    'edgecore-order',
    'warn',
    'not after the broker',
    node => (node.units.value.edgecore.after = ['containerd.service']),
  ],
  [
    'edgecore-order',
    'warn',
    'it does not bring the broker along',
    node => (node.units.value.edgecore.wants = []),
  ],
  [
    'edgecore-config-loaded',
    'warn',
    'changed since',
    node => (node.edgecoreConfig.value.modifiedAt = now - 60_000),
  ],
  [
    'edgecore-config-loaded',
    'pass',
    'written by itself at its start',
    node => (node.edgecoreConfig.value.modifiedAt = now - 3_590_000),
  ],
  [
    'edgecore-health',
    'fail',
    'no answer',
    node => (node.edgecoreHealth.value = { failure: 'no answer within 2 s' }),
  ],
  ['edgecore-health', 'fail', 'not well', node => (node.edgecoreHealth.value = { status: 500, body: 'no' })],
  [
    'edgecore-health',
    'skip',
    'just started',
    node => {
      node.edgecoreHealth.value = { failure: 'connect ECONNREFUSED 127.0.0.1:10350' }
      node.units.value.edgecore.activeForMs = 2_000
    },
  ],
  [
    'edgecore-health',
    'skip',
    'no kubelet inside',
    node => {
      node.edgecoreHealth.value = { failure: 'refused' }
      config('modules: {edged: {enable: false}}')(node)
    },
  ],
  [
    'edgecore-cloud',
    'skip',
    'out of reach',
    node =>
      Object.assign(node.edgecoreLog.value, {
        cloud: 'reconnecting',
        cloudReason: 'dial tcp 192.0.2.1:10000: i/o timeout',
      }),
  ],
  [
    'edgecore-cloud',
    'warn',
    'turned away',
    node =>
      Object.assign(node.edgecoreLog.value, {
        cloud: 'reconnecting',
        cloudReason: 'dial websocket error(websocket: bad handshake)',
      }),
  ],
  ['edgecore-cloud', 'skip', 'off', node => (node.edgecoreLog.value.cloud = 'disabled')],
  [
    'edgecore-mqtt',
    'pass',
    'a log that does not reach back',
    node => (node.edgecoreLog.value.eventBus = 'unknown'),
  ],
  [
    'edgecore-mqtt',
    'fail',
    'a log that does not reach back, and no answer',
    node => {
      node.edgecoreLog.value.eventBus = 'unknown'
      probe(node, { twin: failed })
    },
  ],
  ['event-bus-topics', 'fail', 'denied by an access list', node => probe(node, { edgecoreTopics: failed })],
  ['twin-answers', 'fail', 'no answer', node => probe(node, { twin: failed })],
  [
    'event-bus-backlog',
    'warn',
    'a full channel',
    node =>
      node.edgecoreLog.value.warnings.push({
        code: 'event-bus-blocked',
        text: 'x',
        remedy: 'y',
        line: 'z',
        times: 1,
      }),
  ],
  [
    'anonymous-access',
    'fail',
    'it came in',
    node => node.anonymousEndpoints.value.push({ host: '198.51.100.10', port: 1885 }),
  ],
  [
    'anonymous-access',
    'fail',
    'the configuration lets anybody in',
    node => brokerConfig(node).listeners.push({ port: 8883, address: '', anonymous: true, tls: true }),
  ],
  [
    'anonymous-access',
    'pass',
    'a listener with names and passwords',
    node =>
      brokerConfig(node).listeners.push({ port: 8883, address: '0.0.0.0', anonymous: false, tls: true }),
  ],
  ['broker-confined', 'fail', 'root', node => broker(node, { uid: 0 })],
  ['broker-confined', 'fail', 'no seccomp', node => broker(node, { seccomp: 0 })],
  ['broker-confined', 'fail', 'a root it can write to', node => broker(node, { rootReadOnly: false })],
  ['broker-confined', 'fail', 'new privileges', node => broker(node, { noNewPrivileges: false })],
  [
    'broker-confined',
    'fail',
    'capabilities',
    node => broker(node, { capabilities: { effective: '00000000000000c0', bounding: '00000000000000c0' } }),
  ],
  [
    'broker-confined',
    'fail',
    'capabilities it could get',
    node => broker(node, { capabilities: { effective: '0', bounding: '00000000a80425fb' } }),
  ],
  [
    'secret-files',
    'warn',
    'a key for all',
    node => Object.assign(node.secretFiles.value[0] ?? {}, { mode: 0o644 }),
  ],
  [
    'secret-files',
    'warn',
    'a password file for all',
    node =>
      brokerConfig(node).files.push({
        option: 'password_file',
        path: '/p',
        access: { mode: 0o644, uid: 1883, gid: 1883 },
      }),
  ],
  [
    'secret-files',
    'pass',
    'a certificate for all',
    node =>
      brokerConfig(node).files.push({
        option: 'certfile',
        path: '/c',
        access: { mode: 0o644, uid: 1883, gid: 1883 },
      }),
  ],
  ['leftover-join-token', 'warn', 'in edgecore.yaml', config(token('a.b.c.d'))],
  [
    'leftover-join-token',
    'warn',
    'in the file of keadm',
    node => (node.certificates.value.bootstrapFile = { set: true, parts: 4 }),
  ],
  ['leftover-join-token', 'skip', 'not joined', joining(token('a.b.c.d'))],
  ['broker-cpu', 'warn', '2 %', node => broker(node, { cpuMs: 72_000 })],
  [
    'broker-cpu',
    'pass',
    '2 % with work to do',
    node => {
      broker(node, { cpuMs: 72_000 })
      probe(node, { publishedPerMinute: 6_000 })
    },
  ],
  ['broker-cpu', 'pass', 'just started', node => broker(node, { cpuMs: 400, ageMs: 10_000 })],
  ['broker-memory', 'warn', '30 MB', node => broker(node, { residentBytes: 30e6 })],
  ['broker-start-time', 'warn', '3 s', node => (node.units.value.broker.startedInMs = 3_000)],
  [
    'broker-start-time',
    'pass',
    '3 s on a busy machine',
    node => {
      node.units.value.broker.startedInMs = 3_000
      broker(node, { load: 2 })
    },
  ],
  [
    'broker-start-time',
    'warn',
    '11 s on a very busy machine',
    node => {
      node.units.value.broker.startedInMs = 11_000
      broker(node, { load: 20 })
    },
  ],
  [
    'broker-start-time',
    'pass',
    '3 s while the node starts',
    node => {
      node.units.value.broker.startedInMs = 3_000
      broker(node, { ageMs: 7_190_000 })
    },
  ],
  [
    'broker-image-size',
    'warn',
    'a large one',
    node => Object.assign(node.bundle.value?.files[0] ?? {}, { size: 40e6 }),
  ],
  ['broker-image-size', 'skip', 'nothing installed', node => (node.bundle.value = undefined)],
  [
    'shadowed-package-unit',
    'warn',
    'a package',
    node => (node.units.value.broker.shadows = '/usr/lib/systemd/system/mosquitto.service'),
  ],
  [
    'images-evicted',
    'warn',
    'a deleted image',
    node =>
      node.edgecoreLog.value.warnings.push({
        code: 'image-removed',
        text: '',
        remedy: '',
        line: '',
        times: 1,
      }),
  ],
  ['edgecore-database', 'fail', 'none', node => database(node, undefined)],
  [
    'edgecore-database',
    'skip',
    'none yet',
    node => {
      database(node, undefined)
      node.units.value.edgecore.activeForMs = 3_000
    },
  ],
  ['edgecore-database', 'fail', 'an empty one', node => database(node, 0)],
  ['edgecore-database', 'fail', 'noise', node => database(node, 4096)],
  [
    'install-finished',
    'fail',
    'a killed install',
    node => (drift(node).interrupted = { command: 'install', since: '2026-11-20T10:00:00Z' }),
  ],
  ['files-installed', 'fail', 'no program', changed('/usr/local/bin/edgecore', 'is gone')],
  ['files-installed', 'fail', 'a damaged program', changed('/opt/edgekit/bin/edgekit', 'has been changed')],
  ['files-installed', 'warn', 'another program', changed('/usr/local/bin/edgecore', 'has been changed')],
  ['image-archives', 'warn', 'no archive', changed('/var/lib/edgekit/images/x.tar', 'is gone')],
  ['units-installed', 'fail', 'no unit', changed('/etc/systemd/system/mosquitto.service', 'is gone')],
  ['units-installed', 'warn', 'another', changed('/etc/systemd/system/edgecore.service', 'has been changed')],
  [
    'units-installed',
    'pass',
    'what edgecore-order says',
    changed('/etc/systemd/system/edgecore.service.d/10-edgekit.conf', 'is gone'),
  ],
  ['broker-config-installed', 'fail', 'none', changed('/etc/edgekit/mosquitto/mosquitto.conf', 'is gone')],
  [
    'broker-config-installed',
    'warn',
    'another one',
    changed('/etc/edgekit/mosquitto/mosquitto.conf', 'has been changed'),
  ],
  [
    'edgecore-config-drift',
    'warn',
    'another value',
    changed('/etc/kubeedge/config/edgecore.yaml', 'has other values: …', 'edgecore-config'),
  ],
  ['units-loaded', 'warn', 'a changed unit', node => (node.units.value.edgecore.needsReload = true)],
]

const look = (id: string, breakIt: Row[3]): CheckResult | undefined => {
  const node = structuredClone(healthy())
  breakIt(node)
  return runChecks(checks, node).find(result => result.id === id)
}

test.each(table)('%s: %s when %s', (id, status, _, breakIt) => {
  expect(look(id, breakIt)?.status).toBe(status)
})

test('what is wrong comes with what was expected and what to do', () => {
  for (const [id, status, what, breakIt] of table.filter(
    ([, status]) => status === 'fail' || status === 'warn',
  )) {
    const finding = look(id, breakIt)
    expect(finding?.expected, `${id}: ${what}, ${status}`).toBeTruthy()
    expect(finding?.remedy?.text, `${id}: ${what}`).toBeTruthy()
  }
})

test.each([
  [config('modules: {eventBus: null}'), 'edgecore-active', 'edgecore-config-valid'],
  [config('modules: {eventBus: null}'), 'edgecore-mqtt', 'edgecore-config-valid'],
  [(node: Healthy) => certificate(node, { validTo: 0 }), 'twin-answers', 'node-certificate'],
  [brokerSays('Error found at /mosquitto/config/mosquitto.conf:3.'), 'edgecore-mqtt', 'broker-log'],
  [(node: Healthy) => broker(node, { kernelWait: 'pipe_write' }), 'twin-answers', 'broker-log-drained'],
  [(node: Healthy) => probe(node, { edgecoreTopics: failed }), 'twin-answers', 'event-bus-topics'],
])('what follows from a fault is skipped and names it: %#', (breakIt, follows, cause) => {
  expect(look(follows, breakIt)).toMatchObject({ status: 'skip', blockedBy: [cause] })
})
