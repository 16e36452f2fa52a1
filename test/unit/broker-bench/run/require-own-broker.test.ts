import { expect, test } from 'vitest'
import { requireOwnBroker } from '../../../../src/broker-bench/run/require-own-broker.ts'

test.each([
  '127.0.0.1',
  '127.9.9.9',
  'localhost',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.1.1',
  '100.64.0.1',
  '::1',
  'fd00::1',
  'fe80::1',
  '::ffff:10.1.2.3',
])('%s is allowed', async host => {
  await expect(requireOwnBroker({ host, port: 1883 })).resolves.toBeUndefined()
})

test.each([
  '8.8.8.8',
  '172.32.0.1',
  '172.15.255.255',
  '192.169.0.1',
  '100.128.0.1',
  '11.0.0.1',
  '2001:db8::1',
  '::ffff:8.8.8.8',
  '0.0.0.1',
])('%s is refused', async host => {
  await expect(requireOwnBroker({ host, port: 1883 })).rejects.toMatchObject({
    code: 'public-address',
    exitCode: 2,
    message: expect.stringContaining(' is a public address'),
    remedy: 'If you run this broker, add --yes-this-is-my-broker.',
  })
})
