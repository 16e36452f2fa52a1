import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../../src/doctor/redact.ts'

const canary = 'C4nary-5ecret'
const key = [
  '-----BEGIN EC PRIVATE KEY-----',
  'MHcCAQEEIC4nary5ecret+/abc',
  'oAoGCCqGSM49==',
  '-----END EC PRIVATE KEY-----',
]
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3MDB9.C4nary_5ecret-sig'
const bootstrap = `${'ab'.repeat(32)}.${jwt}`

test.each<[what: string, text: string, expected: string]>([
  ['a private key', key.join('\n'), `${key[0]}***\n${key[3]}`],
  ['a private key in JSON', JSON.stringify(key.join('\n')), `"${key[0]}***${key[3]}"`],
  ['a truncated private key', `${key.slice(0, 2).join('\n')}\n`, `${key[0]}***\n`],
  ['a line of a private key', 'MHcCAQEEIC4nary'.repeat(4), '***'],
  ['a digest', 'ab'.repeat(32), 'ab'.repeat(32)],
  ['a comment in mosquitto.conf', `# remote_password ${canary}`, '# remote_password ***'],
  ['a URL', `http_proxy=http://joe:${canary}@proxy:3128/x`, 'http_proxy=http://***@proxy:3128/x'],
  ['a URL with @ in its password', `ssl://joe:p@${canary}@broker:8883`, 'ssl://***@broker:8883'],
  ['a URL without credentials', 'tcp://127.0.0.1:1883', 'tcp://127.0.0.1:1883'],
  ['an image by digest', 'docker.io/x@sha256:abc', 'docker.io/x@sha256:abc'],
  ['a header', `Authorization: Basic ${canary}==`, 'Authorization: ***'],
  ['a header in JSON', `{"Authorization":"Bearer ${canary}"}`, '{"Authorization":"***"}'],
  ['a header in other text', `sent "Bearer ${canary}" to`, 'sent "Bearer ***" to'],
  ['a bootstrap token', `got ${bootstrap}.`, 'got ***.'],
  ['a JSON web token', `got ${jwt} there`, 'got *** there'],
  [
    'a malformed token logged by EdgeCore',
    `panic: token ${canary} oops credentials are in the wrong format`,
    'panic: token *** credentials are in the wrong format',
  ],
  ['a cookie', `Set-Cookie: session=${canary}; Path=/`, 'Set-Cookie: ***'],
  ['a login of Docker', `{"auths":{"r":{"auth":"${canary}=="}}}`, '{"auths":{"r":{"auth":"***"}}}'],
  ['a login of containerd', `auth = "${canary}"`, 'auth = "***"'],
  ['a bare login', 'auth=Zm9vOmJhcjEyMw==', 'auth=***'],
  ['a word that is no login', 'auth=required', 'auth=required'],
  ['a signed URL', `GET https://s/x?sv=1&sig=${canary}&se=2`, 'GET https://s/x?sv=1&sig=***&se=2'],
  ['a token of GitHub', `got ghp_${'a1'.repeat(18)}.`, 'got ***.'],
  ['an access key of AWS', `got AKIA${'A1'.repeat(8)}.`, 'got ***.'],
  ['a token of kubeadm', 'join --discovery abcdef.0123456789abcdef ok', 'join --discovery *** ok'],
  ['a login without a scheme', `scp joe:${canary}@host:/x`, 'scp joe:***@host:/x'],
  ['an image by tag and digest', 'mosquitto:2.0@sha256:abc', 'mosquitto:2.0@sha256:abc'],
  ['a sentence', `the password is ${canary}.x`, 'the password is ***'],
  ['a German sentence', `Passwort ist ${canary}`, 'Passwort ist ***'],
  ['a German key', `Passwort: ${canary}`, 'Passwort: ***'],
  ['a sentence without a password', 'the password is wrong', 'the password is wrong'],
  ['a short name', `MQTT_PASS=${canary}`, 'MQTT_PASS=***'],
  ['another short name', `pwd=${canary}`, 'pwd=***'],
  ['a word that ends like one', 'bypass=yes', 'bypass=yes'],
  [
    'a key of Azure',
    `SharedAccessSignature sr=x&sig=${canary}&se=1`,
    'SharedAccessSignature sr=x&sig=***&se=1',
  ],
  ['a shared key', `AccountKey=${canary}==;x`, 'AccountKey=***'],
  ['sshpass', `sshpass -p ${canary} ssh x`, 'sshpass -p *** ssh x'],
  ['a body', `body {"temp":"${canary}"}`, 'body ***'],
  ['YAML', `  token: ${canary} x # why`, '  token: ***'],
  ['YAML in quotes', `  mqttPassword: "${canary} x" # why`, '  mqttPassword: "***" # why'],
  ['YAML in single quotes', `  mqttPassword: '${canary}''x'`, "  mqttPassword: '***'"],
  ['YAML, a block', `a:\n  token: |-\n    ${canary}\n    ${canary}\n  b: 1`, 'a:\n  token: |-\n***\n  b: 1'],
  ['YAML, a number', 'password: 12345', 'password: ***'],
  ['YAML, empty', 'token: ""\npassword:\nuser: joe', 'token: ""\npassword:\nuser: joe'],
  ['YAML, null', 'token: null', 'token: null'],
  [
    'the path of a key',
    'tlsMqttPrivateKeyFile: /etc/kubeedge/x.key',
    'tlsMqttPrivateKeyFile: /etc/kubeedge/x.key',
  ],
  ['the path of a password file', 'password_file /etc/edgekit/users', 'password_file /etc/edgekit/users'],
  [
    'mosquitto.conf',
    `remote_username joe\nremote_password ${canary} x`,
    'remote_username joe\nremote_password ***',
  ],
  ['TOML', `      password = "${canary}"`, '      password = "***"'],
  ['JSON', `{"identitytoken":"${canary}","a":1}`, '{"identitytoken":"***","a":1}'],
  ['JSON in JSON', `{"line":"{\\"password\\":\\"${canary}\\"}"}`, '{"line":"{\\"password\\":\\"***\\"}"}'],
  ['a unit', `Environment=MQTT_PASSWORD=${canary} A=b`, 'Environment=MQTT_PASSWORD=*** A=b'],
  [
    'a unit with quotes',
    `Environment="MQTT_PASSWORD=${canary} x" "A=b"`,
    'Environment="MQTT_PASSWORD=***" "A=b"',
  ],
  ['a command line', `ExecStart=/x --token ${canary} --a b`, 'ExecStart=/x --token *** --a b'],
  ['a command line with =', `keadm join --token=${canary} --a b`, 'keadm join --token=*** --a b'],
  ['an MQTT client', `mosquitto_sub -u joe -P ${canary} -t x`, 'mosquitto_sub -u joe -P *** -t x'],
  [
    'a log line',
    `E x.go:1] login failed, password=${canary}, err: EOF`,
    'E x.go:1] login failed, password=***, err: EOF',
  ],
  [
    'a message EventBus cannot deliver',
    `W context_channel.go] The module eventbus message channel is full, message: {"temp":"${canary}"}`,
    'W context_channel.go] The module eventbus message channel is full, message: ***',
  ],
  [
    'a payload in a log',
    `I x.go:1] topic a/b, payload: ${canary} and more`,
    'I x.go:1] topic a/b, payload: ***',
  ],
  [
    'a message published on the command line',
    `mosquitto_pub -t a -m ${canary} x`,
    'mosquitto_pub -t a -m ***',
  ],
  [
    'a log line without secrets',
    'E1120 18:16:02.000001 1 common.go:70] connect error: Network Error : dial tcp 127.0.0.1:1883: connect: connection refused',
    'E1120 18:16:02.000001 1 common.go:70] connect error: Network Error : dial tcp 127.0.0.1:1883: connect: connection refused',
  ],
])('%s', (_, text, expected) => {
  const redactor = createRedactor()
  expect(redactor.text(text)).toBe(expected)
  expect(redactor.text(expected), 'masked twice').toBe(expected)
  const masked = Object.values(redactor.takeCounts()).reduce((sum, count) => sum + count, 0)
  expect(masked > 0).toBe(text !== expected)
  expect(redactor.takeCounts()).toEqual({})
})

describe('learned secrets', () => {
  test('a secret in a configuration is masked in any text', () => {
    const redactor = createRedactor()
    redactor.learn(`modules:\n  edgeHub:\n    token: ${canary}\n  eventBus:\n    mqttPassword: 'hunter-2x'`)
    expect(redactor.text(`failed with ${canary} and hunter-2x`)).toBe('failed with *** and ***')
    expect(redactor.takeCounts()).toEqual({ 'secret of this node': 2 })
  })

  test('ordinary words and numbers are not masked', () => {
    const redactor = createRedactor()
    redactor.learn('password: mosquitto\ntoken: 127.0.0.1\npasswd: 1883')
    expect(redactor.text('mosquitto listens on 127.0.0.1:1883')).toBe('mosquitto listens on 127.0.0.1:1883')
  })
})

test('masks plain data by key and by pattern, and keeps its shape', () => {
  const redactor = createRedactor()
  const facts = {
    eventBus: { mqttPassword: { value: canary, written: canary }, mqttUsername: { value: 'joe' } },
    token: { parts: 4, expires: '2026-01-01', problem: '' },
    mqttPassword: '',
    payload: canary,
    lines: [{ text: `password=${canary}` }],
    count: 3,
    none: null,
  }
  expect(redactor.data(facts)).toEqual({
    ...facts,
    eventBus: { mqttPassword: { value: '***', written: '***' }, mqttUsername: { value: 'joe' } },
    payload: '***',
    lines: [{ text: 'password=***' }],
  })
})

test.each(['a', 'token ', 'token: ', '-----BEGIN PRIVATE KEY-----', 'http://', 'a.', '\\"', ' --'])(
  'a line of a megabyte of "%s" needs less than 2 s of CPU time',
  part => {
    const redactor = createRedactor()
    const line = part.repeat(1_000_000 / part.length)
    const start = process.cpuUsage()
    redactor.learn(line)
    redactor.text(line)
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000)
  },
)
