import { expect, test } from 'vitest'
import { readMosquittoConf } from '../../../src/broker/mosquitto-conf.ts'
import { brokerConfigText } from '../../../src/bundle/payload.ts'

test('parses the mosquitto.conf of edgekit', () => {
  expect(readMosquittoConf(brokerConfigText())).toEqual({
    listeners: [{ port: 1883, address: '127.0.0.1', anonymous: true, tls: false, maxConnections: 512 }],
    perListener: false,
    memoryLimit: 268_435_456,
    persistence: true,
    persistenceLocation: '/mosquitto/data',
    persistenceFile: 'mosquitto.db',
    files: [],
  })
})

test.each([
  [
    'a listener requires authentication by default',
    'listener 1883',
    [{ port: 1883, address: '', anonymous: false, tls: false, maxConnections: undefined }],
  ],
  [
    'no listener: local clients without authentication',
    '# empty',
    [{ port: 1883, address: 'localhost', anonymous: true, tls: false, maxConnections: undefined }],
  ],
  [
    'allow_anonymous applies to all listeners without per_listener_settings',
    'listener 1883 127.0.0.1\nallow_anonymous true\nlistener 8883\ncertfile /c',
    [
      { port: 1883, address: '127.0.0.1', anonymous: true, tls: false, maxConnections: undefined },
      { port: 8883, address: '', anonymous: true, tls: true, maxConnections: undefined },
    ],
  ],
  [
    'allow_anonymous applies to one listener with per_listener_settings',
    'per_listener_settings true\n  listener 1883 127.0.0.1\n  allow_anonymous true\nlistener 8883\npassword_file /p',
    [
      { port: 1883, address: '127.0.0.1', anonymous: true, tls: false, maxConnections: undefined },
      { port: 8883, address: '', anonymous: false, tls: false, maxConnections: undefined },
    ],
  ],
  [
    'a limit on connections belongs to the listener above it',
    'listener 1883 127.0.0.1\nmax_connections 9\nlistener 8883\nmax_connections -1',
    [
      { port: 1883, address: '127.0.0.1', anonymous: false, tls: false, maxConnections: 9 },
      { port: 8883, address: '', anonymous: false, tls: false, maxConnections: undefined },
    ],
  ],
])('%s', (_, text, listeners) => {
  expect(readMosquittoConf(text).listeners).toEqual(listeners)
})

test('lists the files it names', () => {
  expect(
    readMosquittoConf('password_file /mosquitto/config/passwd\nacl_file /mosquitto/config/acl').files,
  ).toEqual([
    { option: 'password_file', path: '/mosquitto/config/passwd' },
    { option: 'acl_file', path: '/mosquitto/config/acl' },
  ])
})
