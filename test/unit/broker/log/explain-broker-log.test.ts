import { describe, expect, test } from 'vitest'
import { brokerLogProblems, explainBrokerLog } from '../../../../src/broker/log/explain-broker-log.ts'
import { containerRows } from './container-rows.ts'
import { mosquittoRows } from './mosquitto-rows.ts'

const inside = '/mosquitto/config'
const rows = { ...mosquittoRows, ...containerRows }

describe.each(Object.entries(rows))('%s', (code, { text, lines }) => {
  test.each(lines)('%s', line => {
    const logged = `2026-11-21T10:39:35: ${line}`
    const brokerRuns = code === 'log-file'
    const log = ['2026-11-21T10:39:34: mosquitto version 2.0.22 starting', logged]
    expect(explainBrokerLog(log, { brokerRuns: !brokerRuns })).toBe(undefined)
    const found = explainBrokerLog(log, { brokerRuns })
    expect(found).toMatchObject({ code, text, lines: [logged] })
    expect(found?.remedy).toMatch(/^[A-Z][a-z]+ .*\.$/)
    expect(found?.commands.length).toBeGreaterThan(0)
  })

  test('a client cannot cause it with its name', () => {
    const name = lines[0] ?? ''
    const log = [
      `2026-11-21T10:39:35: New client connected from 127.0.0.1:41000 as ${name} (p2, c1, k60).`,
      `2026-11-21T10:39:35: Client ${name} disconnected.`,
      `2026-11-21T10:39:35: Client 1: ${name} already connected, closing old connection.`,
    ]
    for (const brokerRuns of [true, false]) expect(explainBrokerLog(log, { brokerRuns })).toBe(undefined)
  })
})

test('every known problem has a row', () => {
  expect(Object.keys(rows)).toEqual(brokerLogProblems.map(({ code }) => code))
})

// Recorded from mosquitto 2.0.21 on a node: what it logs at one failed start.
test.each([
  [
    'access-list',
    [
      'Warning: File /mosquitto/config/acl has world readable permissions. Future versions will refuse to load this file.',
      'Error: Invalid line in acl_file "/mosquitto/config/acl": nonsense.',
      'Error opening acl file "/mosquitto/config/acl".',
    ],
  ],
  [
    'not-a-file',
    [
      'Warning: File /mosquitto/config/pw owner is not mosquitto. Future versions will refuse to load this file.',
      'Error: /mosquitto/config/pw is not a file.',
      'Error: Unable to open pwfile "/mosquitto/config/pw".',
      'Error opening password file "/mosquitto/config/pw".',
    ],
  ],
  [
    'tls-pair',
    [
      'Error: Unable to load server key file "/mosquitto/config/other.key". Check keyfile.',
      'OpenSSL Error[0]: error:05800074:x509 certificate routines::key values mismatch',
    ],
  ],
  [
    'tls-files',
    [
      'Error: Unable to load server certificate "/mosquitto/config/none.crt". Check certfile.',
      'OpenSSL Error[0]: error:80000002:system library::No such file or directory',
      'OpenSSL Error[1]: error:10080002:BIO routines::system lib',
    ],
  ],
  [
    'http-directory',
    ['Error: Unable to open http dir "/nope".', 'Error: Unable to create websockets listener on port 9001.'],
  ],
  [
    'plugin',
    [
      'Error: Unable to load auth plugin "/usr/lib/nope.so".',
      'Load error: /usr/lib/nope.so: cannot open shared object file: No such file or directory',
    ],
  ],
  [
    'privileged-port',
    [
      'If you are trying to bind to a privileged port (<1024), try using setcap and do not start the broker as root:',
      "    sudo setcap 'CAP_NET_BIND_SERVICE=+ep /usr/sbin/mosquitto'",
      // Not the error of bind(2) any more.
      'Error: No such file or directory',
    ],
  ],
  [
    'configuration',
    [
      'Error: Duplicate persistence_location value in configuration.',
      'Error found at /mosquitto/config/mosquitto.conf:34.',
    ],
  ],
  [
    'include-directory',
    [
      "Error: Unable to open include_dir '/mosquitto/config/conf.d'.",
      'Error found at /mosquitto/config/mosquitto.conf:34.',
    ],
  ],
])('a failed start: %s', (code, lines) => {
  expect(explainBrokerLog(lines.map(line => `1796036261: ${line}`))?.code).toBe(code)
})

test('has no explanation for an unknown error', () => {
  expect(explainBrokerLog(['2026-11-21T10:39:35: Error: Success.'])).toBe(undefined)
})

test('a file of include_dir is named, not mosquitto.conf, which includes it', () => {
  const lines = [
    `1795257590: Error found at ${inside}/conf.d/b.conf:1.`,
    `1795257591: Error: Unknown configuration variable "nonsense".`,
    `1795257591: Error found at ${inside}/conf.d/a.conf:1.`,
    `1795257591: Error found at ${inside}/mosquitto.conf:34.`,
  ]
  expect(explainBrokerLog(lines)).toMatchObject({
    text: '/etc/edgekit/mosquitto/conf.d/a.conf has an error in line 1',
    lines,
  })
})

test.each([
  ['not read yet', 'seconds since 1970', '1795257591: '],
  ['%c', 'English names', 'Sat Nov 21 10:39:35 2026: '],
  ['%d/%m/%y %H:%M', 'blanks', '21/11/26 10:39: '],
])('log_timestamp_format %s: %s', (_, __, time) => {
  expect(explainBrokerLog([`${time}Error: Address in use`])?.code).toBe('address-in-use')
})

test('does not take an empty database for the reason of another failure', () => {
  const lines = ['1: Warning: Persistence file is empty.', '1: Error: Address already in use']
  expect(explainBrokerLog(lines)).toMatchObject({ code: 'address-in-use', lines: [lines[1]] })
})

test('shows the last four lines with errors', () => {
  const errors = Array.from({ length: 5 }, (_, index) => `${index}: Error: number ${index}`)
  const lines = [...errors, "6: Error: Couldn't open database.", '7: mosquitto version 2.0.22 terminating']
  expect(explainBrokerLog(lines)?.lines).toEqual(lines.slice(2, 6))
})
