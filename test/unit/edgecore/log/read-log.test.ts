import { describe, expect, test } from 'vitest'
import { logLines, readEdgecoreLog } from '../../../../src/edgecore/log/read-log.ts'

const now = new Date(2026, 0, 2, 12, 0, 30)
let second = 0

/** A klog line one second after the one before. */
function klog(
  message: string,
  { severity = 'I', file = 'common.go', pid = 100, at = second++ } = {},
): string {
  const stamp = new Date(2026, 0, 2, 12, 0, 0, at * 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = [stamp.getHours(), stamp.getMinutes(), stamp.getSeconds()].map(two).join(':')
  const fraction = String(stamp.getMilliseconds()).padStart(3, '0')
  return `${severity}0102 ${clock}.${fraction}000 ${String(pid).padStart(7)} ${file}:9] ${message}`
}

const read = (...lines: string[]) => readEdgecoreLog(logLines(lines.join('\n')), { now })
const version = (pid = 100) => klog('Version: v1.22.0', { file: 'server.go', pid })
const start = (id: string, options = {}) =>
  klog(`start connect to mqtt server with client id: ${id}`, options)
const finish = (role: string, options = {}) =>
  klog(`finish hub-client ${role}`, { file: 'client.go', ...options })
const error = (text: string, options = {}) => klog(`connect error: ${text}`, { severity: 'E', ...options })
const lost = (role: string, options = {}) =>
  klog(`on${role}ConnectionLost with error: EOF`, { severity: 'E', file: 'client.go', ...options })

test('nothing is known from nothing', () => {
  expect(readEdgecoreLog([], { now })).toEqual({
    eventBus: 'unknown',
    stopped: false,
    cloud: 'unknown',
    cloudEvidence: [],
    starts: 0,
    evidence: [],
    warnings: [],
  })
})

describe('what connect errors mean', () => {
  test.each([
    ['Network Error : dial tcp 127.0.0.1:1883: connect: connection refused', 'connection-refused'],
    ['Network Error : dial tcp: address 127.0.0.1: missing port in address', 'no-port'],
    ['Network Error : dial tcp: missing address', 'no-address'],
    ['Network Error : Unknown protocol', 'unknown-scheme'],
    ['No servers defined to connect to', 'bad-address'],
    ['Not Authorized', 'not-authorized'],
    ['Bad user name or password', 'bad-credentials'],
    ['Identifier rejected', 'client-id-rejected'],
    ['Server Unavailable', 'broker-unavailable'],
    ['Unnacceptable protocol version', 'protocol-version'],
    ['Network Error : %!s(<nil>)', 'closed-before-answer'],
    [
      'Network Error : read tcp 127.0.0.1:4->127.0.0.1:1883: read: connection reset by peer',
      'tls-to-plain-port',
    ],
    [
      'Network Error : tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'tls-unknown-ca',
    ],
    ['Network Error : x509: certificate relies on legacy Common Name field, use SANs instead', 'tls-no-san'],
    ['Network Error : x509: certificate has expired or is not yet valid: current time', 'tls-expired'],
    ['Network Error : x509: certificate is valid for a, not b', 'tls-wrong-name'],
    ['Network Error : remote error: tls: bad certificate', 'tls-client-certificate'],
    ['Network Error : dial tcp 10.0.0.1:1883: i/o timeout', 'timeout'],
    ['Network Error : dial tcp 10.0.0.1:1883: connect: no route to host', 'unreachable'],
    ['Network Error : dial tcp: lookup broker on 1.1.1.1:53: no such host', 'unknown-host'],
    ['something new', 'connect-error'],
  ])('%s', (said, code) => {
    const line = error(said)
    const state = read(version(), start('hub-client-sub-1'), line)
    expect(state).toMatchObject({ eventBus: 'failing', cause: { code } })
    expect(state.evidence).toEqual([line])
  })
})

describe('EventBus', () => {
  test('is up when both clients are, also without seeing the beginning', () => {
    const pub = finish('pub')
    expect(read(finish('sub'), pub)).toMatchObject({ eventBus: 'up', starts: 0 })
    expect(read(version(), start('hub-client-sub-1'), finish('sub'))).toMatchObject({
      eventBus: 'connecting',
    })
  })

  test('is up in the words of v1.8', () => {
    const state = read(
      version(),
      klog('Starting module eventbus', { file: 'core.go' }),
      klog('Init Sub And Pub Client for externel mqtt broker tcp://127.0.0.1:1883 successfully', {
        file: 'eventbus.go',
      }),
    )
    expect(state.eventBus).toBe('up')
    expect(
      read(version(), klog('Launch internel mqtt broker tcp://127.0.0.1:1884 successfully')),
    ).toMatchObject({
      eventBus: 'internal-only',
      internalBroker: 'up',
    })
  })

  test.each([
    'starting module eventbus',
    'Starting module eventbus',
    'Module eventbus registered successfully',
  ])('%s: starting', line => {
    expect(read(version(), klog(line, { file: 'core.go' })).eventBus).toBe('starting')
  })

  test('these lines are no failure', () => {
    const state = read(
      version(),
      start('hub-client-sub-1'),
      klog('client hub-client-sub-1 isconnected: false'),
      klog('client hub-client-sub-1 is connected: false'),
      klog('list edge-hub-cli-topics failed: no topics found', { severity: 'E', file: 'client.go' }),
      finish('sub'),
      start('hub-client-pub-1'),
      finish('pub'),
      klog('list edge-hub-cli-topics status, no record, skip sync', { file: 'client.go' }),
      klog('Action not found', { severity: 'W', file: 'eventbus.go' }),
      klog('"Image garbage collection failed once. Stats initialization may not have completed yet"', {
        severity: 'E',
        file: 'kubelet.go',
      }),
    )
    expect(state).toMatchObject({ eventBus: 'up', warnings: [] })
    expect(state.cause).toBeUndefined()
  })

  test('one of two attempts that hangs is hung', () => {
    const at = { at: 0 }
    expect(
      read(version(), start('hub-client-sub-1', at), start('hub-client-pub-1', at), error('x', at)).eventBus,
    ).toBe('hung')
  })

  test('an attempt after a failed one is still failing', () => {
    const state = read(
      version(),
      start('a', { at: 20 }),
      error('Not Authorized', { at: 21 }),
      start('a', { at: 26 }),
    )
    expect(state).toMatchObject({ eventBus: 'failing', cause: { code: 'not-authorized' } })
  })

  test('is flapping when both clients have one id', () => {
    const lines = [
      start('same', { at: 1 }),
      finish('sub', { at: 1 }),
      start('same', { at: 1 }),
      finish('pub', { at: 1 }),
    ]
    for (let turn = 0; turn < 8; turn++) {
      const role = turn % 2 ? 'Pub' : 'Sub'
      lines.push(lost(role, { at: 2 }), start('same', { at: 2 }), finish(role.toLowerCase(), { at: 2 }))
    }
    const state = read(version(), ...lines)
    expect(state).toMatchObject({ eventBus: 'flapping', cause: { code: 'same-client-id' } })
    // the middle of such a log, as the last lines of the journal show it
    expect(read(...lines.slice(5))).toMatchObject({ eventBus: 'flapping', cause: { code: 'same-client-id' } })
  })

  test('is flapping for another reason when the ids differ', () => {
    const roles = Array.from({ length: 6 }, () => ['Sub', 'Pub']).flat()
    const lines = roles.flatMap(role => {
      const id = `hub-client-${role.toLowerCase()}-1`
      return [lost(role, { at: 5 }), start(id, { at: 5 }), finish(role.toLowerCase(), { at: 5 })]
    })
    expect(read(...lines)).toMatchObject({ eventBus: 'flapping', cause: { code: 'connection-unstable' } })
    // Five restarts of the broker
    expect(read(...lines.slice(6)).eventBus).toBe('up')
  })

  test('a full channel is a warning', () => {
    const line = klog('The module eventbus message channel is full, message: {...}', {
      severity: 'W',
      file: 'context_channel.go',
    })
    expect(read(version(), line, line).warnings).toEqual([
      expect.objectContaining({ code: 'event-bus-blocked', times: 2, line }),
    ])
  })

  test("the hub's certificates are not those of EventBus", () => {
    const line = klog('Failed to load x509 key pair: open /etc/kubeedge/certs/server.crt', {
      severity: 'E',
      file: 'websocket.go',
    })
    expect(read(version(), line).eventBus).toBe('unknown')
  })
})

describe('why EdgeCore ended', () => {
  test.each([
    [
      'F',
      'certmanager.go',
      'failed to apply the edge certs, err: failed to get CA certificate, err: refused',
      'no-certificates',
    ],
    ['F', 'certmanager.go', 'Error: failed to get CA certificate, err: refused', 'no-certificates'],
    ['F', 'certmanager.go', 'Error: token credentials are in the wrong format', 'token-format'],
    ['F', 'certmanager.go', 'failed to validate CA certificate. tokenCAhash: a, CAhash: b', 'token-ca'],
    [
      'F',
      'server.go',
      'failed to check the running environment: kubelet should not running on edge node when running edgecore',
      'environment',
    ],
    [
      'F',
      'server.go',
      'Failed to check the running environment: kube-proxy should not running',
      'environment',
    ],
    [
      'F',
      'server.go',
      'failed to update edgecore config file, err: read-only file system',
      'config-not-writable',
    ],
    [
      'F',
      'edged.go',
      'Start edged failed, err: rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService',
      'cri-disabled',
    ],
    ['F', 'edged.go', 'Start edged failed, err: something else', 'edged'],
    ['E', 'server.go', 'Failed to get Local IP address: no default route', 'no-address'],
    ['E', 'eventbus.go', 'Launch internel mqtt broker failed, listen tcp', 'internal-broker'],
    ['F', 'new.go', 'never seen before', 'fatal'],
  ])('%s %s %s', (severity, file, message, code) => {
    expect(read(version(), klog(message, { severity, file })).fatal?.code).toBe(code)
  })

  test('a certificate for another node name explains more than the missing one', () => {
    const mismatch = klog(
      'unable to get the current edge certs, reason: certificate CN system:node:edge-1 does not match node name edge-2',
      { severity: 'W' },
    )
    const state = read(
      version(),
      mismatch,
      'panic: failed to apply the edge certs, err: failed to get CA certificate',
      '',
      'goroutine 1 [running]:',
    )
    expect(state.fatal).toMatchObject({ code: 'certificate-name', line: mismatch })
  })

  test('a configuration file that is not there', () => {
    const state = read(
      klog('[', { severity: 'F', file: 'server.go' }),
      '  config: Required value: config file /x not exist. For the configuration file format, please refer',
      ']',
    )
    expect(state).toMatchObject({ starts: 1, fatal: { code: 'config-missing' } })
  })

  test('an unknown crash keeps its words and leaves out its stack', () => {
    const state = read(version(), 'panic: boom', '', 'goroutine 7 [running]:', 'main.main()')
    expect(state.fatal).toMatchObject({ code: 'crash', text: 'panic: boom', line: 'panic: boom' })
  })

  test('a node that restarts: the crash before stays known', () => {
    const state = read(
      version(1),
      klog('boom', { severity: 'F', pid: 1 }),
      version(2),
      start('a', { pid: 2, at: 29 }),
    )
    expect(state).toMatchObject({ starts: 2, eventBus: 'connecting', previousFatal: { code: 'fatal' } })
    expect(state.fatal).toBeUndefined()
  })
})

describe('a process that was started', () => {
  const of = (pid: number) => (line: string) => `Jan 02 12:00:01 edge-1 edgecore[${pid}]: ${line}`
  const systemd = 'Jan 02 12:00:02 edge-1 systemd[1]: '
  const started = `${systemd}Started edgecore.service - KubeEdge EdgeCore (installed by edgekit).`
  const crash = [version(77), klog('boom', { severity: 'F', pid: 77 })].map(of(77))
  const up = [version(77), ...['sub', 'pub'].map(role => finish(role, { pid: 77 }))].map(of(77))
  test.each<[string, string[], object]>([
    ['one that crashed', [started, ...crash], { starts: 1, fatal: { code: 'fatal' } }],
    [
      'and has said nothing yet',
      [...crash, started],
      { starts: 2, eventBus: 'unknown', fatal: undefined, previousFatal: { code: 'fatal' } },
    ],
    [
      'and has ended without a word',
      [...up, started, `${systemd}edgecore.service: …`],
      { eventBus: 'unknown' },
    ],
    [
      'and could not be executed',
      [...crash, started, of(78)('edgecore.service: …')],
      { fatal: { code: 'fatal' } },
    ],
    [
      'and has said something before systemd did',
      [...up, started, ...up.slice(1)],
      { starts: 1, eventBus: 'up' },
    ],
  ])('%s', (_, lines, expected) => {
    const { fatal, ...state } = read(...lines)
    expect({ ...state, fatal }).toMatchObject(expected)
  })
})

describe('the cloud', () => {
  const success = klog('Websocket connect to cloud access successful', { file: 'websocket.go' })
  const broken = klog('websocket read error: EOF', { severity: 'E', file: 'process.go' })
  test.each([
    [[success], 'connected'],
    [[success, broken], 'reconnecting'],
    [[broken, success], 'connected'],
    [[klog('Module websocket is disabled, do not register', { severity: 'W' })], 'disabled'],
    [[], 'unknown'],
  ])('%#', (lines, cloud) => {
    expect(read(version(), ...lines)).toMatchObject({ cloud, cloudEvidence: lines.slice(-1) })
  })
})

describe('where lines come from', () => {
  const plain = [start('hub-client-sub-7', { at: 1, pid: 77 }), error('Not Authorized', { at: 1, pid: 77 })]

  test('journalctl -o short and short-iso', () => {
    const short = plain.map(line => `Jan 02 12:00:01 edge-1 edgecore[77]: ${line}`)
    const iso = plain.map(line => `2026-01-02T12:00:01+0000 edge-1 edgecore[77]: ${line}`)
    const noise =
      'Jan 02 12:00:02 edge-1 systemd[1]: edgecore.service: Scheduled restart job, restart counter is at 5.'
    expect(read(noise, ...short, noise)).toMatchObject({ eventBus: 'failing', evidence: [plain[1]] })
    expect(read(...iso)).toMatchObject({ eventBus: 'failing' })
    expect(logLines(iso[0] ?? '')).toEqual([
      { text: plain[0], pid: 77, time: Date.UTC(2026, 0, 2, 12, 0, 1) },
    ])
  })

  test("the journal's time counts, not the stamp", () => {
    const lines = [{ text: plain[0] ?? '', time: now.getTime() - 5000 }]
    expect(readEdgecoreLog(lines, { now }).eventBus).toBe('connecting')
    expect(readEdgecoreLog([{ text: plain[0] ?? '', time: now.getTime() - 20_000 }], { now }).eventBus).toBe(
      'hung',
    )
  })

  test('a stamp of December read in January is of last year', () => {
    const state = readEdgecoreLog(logLines('I1231 23:59:59.000000       1 server.go:1] Version: v1.22.0'), {
      now,
    })
    expect(state).toMatchObject({
      version: 'v1.22.0',
      startedAt: new Date(2025, 11, 31, 23, 59, 59).toISOString(),
    })
  })

  test('what systemd says is not part of a record', () => {
    const state = read(
      klog('boom', { severity: 'F' }),
      'edgecore.service: Main process exited, code=exited, status=255/EXCEPTION',
      'Stopped edgecore.service.',
    )
    expect(state.fatal?.line).toMatch(/boom$/)
  })
})
