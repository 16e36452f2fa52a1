import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readMosquittoConf } from '../../../src/broker/mosquitto-conf.ts'

test('the configuration that edgekit brings: one listener, for this machine', () => {
  const text = readFileSync(new URL('../../../templates/mosquitto/mosquitto.conf', import.meta.url), 'utf8')
  expect(readMosquittoConf(text)).toEqual({
    listeners: [{ port: 1883, address: '127.0.0.1', anonymous: true, tls: false }],
    persistence: true,
    persistenceLocation: '/mosquitto/data/',
    files: [],
  })
})

test.each([
  [
    'a listener alone lets nobody in',
    'listener 1883',
    [{ port: 1883, address: '', anonymous: false, tls: false }],
  ],
  [
    'nothing at all: this machine, anybody on it',
    '# empty',
    [{ port: 1883, address: 'localhost', anonymous: true, tls: false }],
  ],
  [
    'one allow_anonymous for all, without per_listener_settings',
    'listener 1883 127.0.0.1\nallow_anonymous true\nlistener 8883\ncertfile /c',
    [
      { port: 1883, address: '127.0.0.1', anonymous: true, tls: false },
      { port: 8883, address: '', anonymous: true, tls: true },
    ],
  ],
  [
    'each its own, with them',
    'per_listener_settings true\n  listener 1883 127.0.0.1\n  allow_anonymous true\nlistener 8883\npassword_file /p',
    [
      { port: 1883, address: '127.0.0.1', anonymous: true, tls: false },
      { port: 8883, address: '', anonymous: false, tls: false },
    ],
  ],
])('%s', (_, text, listeners) => {
  expect(readMosquittoConf(text).listeners).toEqual(listeners)
})

test('the files it names', () => {
  expect(
    readMosquittoConf('password_file /mosquitto/config/passwd\nacl_file /mosquitto/config/acl').files,
  ).toEqual([
    { option: 'password_file', path: '/mosquitto/config/passwd' },
    { option: 'acl_file', path: '/mosquitto/config/acl' },
  ])
})
