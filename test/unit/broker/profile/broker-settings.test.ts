import { expect, test } from 'vitest'
import { readMosquittoConf } from '../../../../src/broker/mosquitto-conf.ts'
import { brokerConfigFor } from '../../../../src/broker/profile/broker-config.ts'
import {
  type BrokerFlags,
  brokerSettings,
  type DeviceSettings,
  localProfile,
} from '../../../../src/broker/profile/broker-settings.ts'
import { listenerEndpoints } from '../../../../src/broker/profile/listeners.ts'
import { brokerConfigText } from '../../../../src/bundle/payload.ts'

const devices = {
  profile: 'devices' as const,
  addresses: ['192.0.2.7'],
  names: [],
  websockets: false,
}

test('without flags, the settings stay', () => {
  expect(brokerSettings({}, localProfile)).toEqual({ profile: 'local' })
  expect(brokerSettings({ profile: 'devices', addresses: ['192.0.2.7'] }, localProfile)).toEqual(devices)
  expect(brokerSettings({}, devices)).toEqual(devices)
})

test('flags change one setting each', () => {
  expect(brokerSettings({ websockets: true }, devices)).toEqual({ ...devices, websockets: true })
  expect(brokerSettings({ addresses: ['::', '::'] }, devices)).toEqual({ ...devices, addresses: ['::'] })
  expect(brokerSettings({ names: ['broker.example'] }, devices)).toEqual({
    ...devices,
    names: ['broker.example'],
  })
  expect(brokerSettings({ profile: 'local' }, devices)).toEqual(localProfile)
  const plain = brokerSettings({ allowPlaintextListener: true }, devices)
  expect(plain).toEqual({ ...devices, allowPlaintextListener: true })
  expect(brokerSettings({ allowPlaintextListener: false }, plain)).toEqual(devices)
})

test('limits are kept with every profile, and those with the usual value or null are not named', () => {
  const limited = brokerSettings({ maxPacketSize: 4_000_000, memoryLimit: 268_435_456 }, localProfile)
  expect(limited).toEqual({ profile: 'local', maxPacketSize: 4_000_000 })
  expect(brokerSettings({ profile: 'devices', addresses: ['192.0.2.7'] }, limited)).toEqual({
    ...devices,
    maxPacketSize: 4_000_000,
  })
  expect(brokerSettings({ maxPacketSize: null }, limited)).toEqual(localProfile)
})

test.each<[BrokerFlags, string]>([
  [{ profile: 'devices' }, 'the profile devices requires an address for its listeners'],
  [
    { profile: 'devices', addresses: ['broker.example'] },
    'invalid broker address broker.example: expected an IP address',
  ],
  [
    { profile: 'devices', addresses: ['127.0.0.2'] },
    'invalid broker address 127.0.0.2: no device reaches it',
  ],
  [{ profile: 'devices', addresses: ['::1'] }, 'invalid broker address ::1: no device reaches it'],
  [
    { profile: 'devices', addresses: ['0.0.0.0', '192.0.2.7'] },
    'cannot bind to all addresses and to one of them',
  ],
  [
    { profile: 'devices', addresses: ['192.0.2.7'], names: ['a b'] },
    'invalid broker name a b: expected a host name or an IP address',
  ],
  [
    { websockets: true },
    'cannot use websockets of the broker with the profile local: it is only for programs on this node',
  ],
  [
    { profile: 'local', addresses: ['192.0.2.7'] },
    'cannot use addresses of the broker with the profile local: it is only for programs on this node',
  ],
  [{ maxPacketSize: 1023 }, 'invalid maxPacketSize 1023: expected 1024 to 268435455'],
  [{ maxConnections: 65_536 }, 'invalid maxConnections 65536: expected 16 to 65535'],
  [
    { memoryLimit: 134_217_727 },
    'maxQueuedBytes 67108864 does not fit into memoryLimit 134217727: one offline client could fill the broker',
  ],
])('%j is refused', (flags, message) => {
  expect(() => brokerSettings(flags, localProfile)).toThrow(expect.objectContaining({ message, exitCode: 2 }))
})

test('the configuration of the profile local is that of bundles', () => {
  expect(brokerConfigFor(localProfile, 7)).toBe(brokerConfigText(7))
})

test('limits replace the usual values, and nothing else', () => {
  const set = {
    maxPacketSize: 1111,
    maxConnections: 2222,
    maxQueuedMessages: 3333,
    maxQueuedBytes: 444_444,
    memoryLimit: 55_555_555,
  }
  const usual = brokerConfigFor(devices)
  for (const [option, value] of Object.entries({
    max_packet_size: '2000000',
    max_connections: '512',
    max_queued_messages: '100000',
    max_queued_bytes: '67108864',
    memory_limit: '268435456',
  }))
    expect(usual).toMatch(new RegExp(`^${option} ${value}$`, 'm'))
  const text = brokerConfigFor({ ...devices, ...set })
  const changed = text.split('\n').filter((line, index) => line !== usual.split('\n')[index])
  expect(changed).toEqual([
    'max_connections 2222',
    'max_connections 2222',
    'max_queued_messages 3333',
    'max_queued_bytes 444444',
    'max_packet_size 1111',
    'memory_limit 55555555',
  ])
})

test('a plain listener is on the addresses, and takes the place of the local one if it is for all', () => {
  const at = (addresses: string[]) =>
    readMosquittoConf(brokerConfigFor({ ...devices, addresses, allowPlaintextListener: true })).listeners.map(
      ({ address, port, tls, anonymous }) => [address, port, tls, anonymous],
    )
  expect(at(['192.0.2.7'])).toEqual([
    ['127.0.0.1', 1883, false, false],
    ['192.0.2.7', 1883, false, false],
    ['192.0.2.7', 8883, true, false],
  ])
  expect(at(['0.0.0.0'])).toEqual([
    ['0.0.0.0', 1883, false, false],
    ['0.0.0.0', 8883, true, false],
  ])
})

test('WebSockets without TLS need both flags, and end with one of them', () => {
  const allowed: DeviceSettings = { ...devices, websockets: true, allowPlaintextListener: true }
  const plain = brokerSettings({ plaintextWebsockets: true }, allowed)
  expect(plain).toEqual({ ...allowed, plaintextWebsockets: true })
  expect(readMosquittoConf(brokerConfigFor(plain)).listeners.at(-1)).toMatchObject({
    port: 9001,
    tls: false,
    websockets: true,
    anonymous: false,
  })
  expect(brokerSettings({ allowPlaintextListener: false }, plain)).toEqual({ ...devices, websockets: true })
  expect(brokerSettings({ websockets: false }, plain)).toEqual({ ...allowed, websockets: false })
  for (const earlier of [devices, { ...allowed, websockets: false }])
    expect(() => brokerSettings({ plaintextWebsockets: true }, earlier)).toThrow(
      'plaintextWebsockets requires websockets and allowPlaintextListener',
    )
})

test('certificates of devices are required where TLS is, and kept until they are turned off', () => {
  const required = brokerSettings({ clientCertificates: true }, devices)
  expect(required).toEqual({ ...devices, clientCertificates: true })
  expect(brokerSettings({}, required)).toEqual(required)
  expect(brokerSettings({ clientCertificates: false }, required)).toEqual(devices)
  const lines = brokerConfigFor({ ...devices, websockets: true, clientCertificates: true }).split('\n')
  const section = (start: string) => {
    const from = lines.indexOf(start)
    return lines.slice(from, lines.indexOf('', from))
  }
  expect(section('listener 1883 127.0.0.1')).not.toContain('require_certificate true')
  for (const listener of ['listener 8883 192.0.2.7', 'listener 9001 192.0.2.7'])
    expect(section(listener)).toEqual(
      expect.arrayContaining(['cafile /mosquitto/config/tls/device-ca.crt', 'require_certificate true']),
    )
})

test('with the profile devices, every listener requires authentication, and those of the network have TLS', () => {
  const text = brokerConfigFor({ ...devices, addresses: ['192.0.2.7', '2001:db8::7'], websockets: true }, 7)
  const { listeners, files, perListener } = readMosquittoConf(text)
  const secure = { anonymous: false, tls: true, maxConnections: 512 }
  expect(listeners).toEqual([
    { port: 1883, address: '127.0.0.1', anonymous: false, tls: false, maxConnections: 512 },
    { port: 8883, address: '192.0.2.7', ...secure },
    { port: 8883, address: '2001:db8::7', ...secure },
    { port: 9001, address: '192.0.2.7', ...secure, websockets: true },
    { port: 9001, address: '2001:db8::7', ...secure, websockets: true },
  ])
  expect(perListener).toBe(false)
  expect(files.slice(0, 2)).toEqual([
    { option: 'password_file', path: '/mosquitto/config/passwd' },
    { option: 'acl_file', path: '/mosquitto/config/acl' },
  ])
  expect(text.match(/^protocol websockets$/gm)).toHaveLength(2)
  expect(text).toContain('\nautosave_interval 7\n')
  expect(text.trimEnd().split('\n').at(-1)).toBe('include_dir /mosquitto/config/conf.d')
})

test('the endpoints are those of the listeners, in their order', () => {
  const tls = { ca: 'CA', verify: true }
  expect(listenerEndpoints(localProfile, 'CA')).toEqual([{ host: '127.0.0.1', port: 1883 }])
  expect(listenerEndpoints({ ...devices, websockets: true }, 'CA')).toEqual([
    { host: '127.0.0.1', port: 1883 },
    { host: '192.0.2.7', port: 8883, tls },
    { host: '192.0.2.7', port: 9001, tls, websockets: true },
  ])
  const hosts = (address: string) => listenerEndpoints({ ...devices, addresses: [address] }, 'CA')[1]?.host
  expect(hosts('0.0.0.0')).toBe('127.0.0.1')
  expect(hosts('::')).toBe('::1')
})
