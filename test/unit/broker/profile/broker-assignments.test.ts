import { expect, test } from 'vitest'
import { brokerFlags } from '../../../../src/broker/profile/broker-assignments.ts'

const absent = {
  profile: undefined,
  address: undefined,
  name: undefined,
  websockets: undefined,
  set: undefined,
  'allow-plaintext-listener': undefined,
}

test.each([
  ['maxPacketSize=4000000', { maxPacketSize: 4_000_000 }],
  [' maxPacketSize = 4000000 ', { maxPacketSize: 4_000_000 }],
  ['maxPacketSize=', { maxPacketSize: null }],
  ['addresses=192.0.2.7, 2001:db8::7', { addresses: ['192.0.2.7', '2001:db8::7'] }],
  ['names=', { names: [] }],
  ['websockets=true', { websockets: true }],
  ['allowPlaintextListener=false', { allowPlaintextListener: false }],
  ['plaintextWebsockets=true', { plaintextWebsockets: true }],
  ['clientCertificates=true', { clientCertificates: true }],
  ['profile=devices', { profile: 'devices' }],
])('--set "%s"', (text, expected) => {
  expect(brokerFlags({ ...absent, set: [text] })).toEqual(expected)
})

test('flags that are absent set nothing, and others take precedence over --set', () => {
  expect(brokerFlags(absent)).toEqual({})
  expect(
    brokerFlags({
      ...absent,
      profile: 'devices',
      address: ['192.0.2.8'],
      name: ['a.example'],
      websockets: false,
      'allow-plaintext-listener': true,
      set: ['addresses=192.0.2.7'],
    }),
  ).toEqual({
    profile: 'devices',
    addresses: ['192.0.2.8'],
    names: ['a.example'],
    websockets: false,
    allowPlaintextListener: true,
  })
})

test.each([
  ['maxPacketSize', 'cannot parse maxPacketSize: expected KEY=VALUE, such as maxPacketSize=4000000'],
  ['=1', 'cannot parse =1: expected KEY=VALUE, such as maxPacketSize=4000000'],
  ['maxPaketSize=1', 'the broker has no setting maxPaketSize; did you mean maxPacketSize?'],
  ['maxPacketSize=4M', 'invalid maxPacketSize 4M: expected 1024 to 268435455'],
  ['maxPacketSize=-1', 'invalid maxPacketSize -1: expected 1024 to 268435455'],
  ['websockets=yes', 'invalid websockets yes: expected true or false'],
  ['profile=lan', 'invalid profile lan: expected local or devices'],
])('--set %s is refused', (text, message) => {
  expect(() => brokerFlags({ ...absent, set: [text] })).toThrow(
    expect.objectContaining({ message, exitCode: 2 }),
  )
})
