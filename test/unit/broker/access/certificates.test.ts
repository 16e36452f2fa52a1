import { createPrivateKey, X509Certificate } from 'node:crypto'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import {
  certificateProblem,
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
} from '../../../../src/broker/access/certificates.ts'

const now = new Date()
const names = ['edge-7', 'localhost', '127.0.0.1', '2001:db8::7']
const authority = await createAuthority('edge-7', now)
const server = await issueServerCertificate(authority, names, now)
const days = (count: number): Date => new Date(now.getTime() + count * 86_400_000)

test('the CA may issue certificates for servers, and the server none', () => {
  const [ca, issued] = [authority, server].map(({ certificate }) => new X509Certificate(certificate))
  expect(ca?.ca).toBe(true)
  expect(ca?.subject).toBe('CN=edgekit broker CA of edge-7')
  expect(issued?.ca).toBe(false)
  expect(issued?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  expect(issued?.subjectAltName).toBe(
    'DNS:edge-7, DNS:localhost, IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:0:0:7',
  )
  expect(issued?.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
})

test.each(['p-256', 'rsa-2048'] as const)('a certificate of a device, %s', async kind => {
  const devices = await createAuthority('edge-7', now, 'p-256', 'device')
  const ca = new X509Certificate(devices.certificate)
  const { certificate, key } = await issueClientCertificate(devices, { name: '温度-2', kind }, now)
  const found = new X509Certificate(certificate)
  expect([ca.subject, found.subject]).toEqual(['CN=edgekit device CA of edge-7', 'CN=温度-2'])
  expect(found.verify(ca.publicKey)).toBe(true)
  expect(found.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(found.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  expect(found.validTo).toBe(ca.validTo)
  expect(found.publicKey.asymmetricKeyDetails?.modulusLength).toBe(kind === 'rsa-2048' ? 2048 : undefined)
})

test('certificates are valid since 2020, or a year before a clock that is behind', async () => {
  expect(new X509Certificate(server.certificate).validFromDate.toISOString()).toBe('2020-01-01T00:00:00.000Z')
  const early = await createAuthority('edge-7', new Date('1999-05-01T00:00:00Z'))
  expect(new X509Certificate(early.certificate).validFromDate.getUTCFullYear()).toBe(1998)
})

test('a client that has the CA accepts the server, also with TLS 1.2', async () => {
  const listening = createServer({ cert: server.certificate, key: server.key }, socket => socket.end('x'))
  await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
  const { port } = listening.address() as { port: number }
  try {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const options = { port, host: '127.0.0.1', ca: authority.certificate, maxVersion }
      const authorized = await new Promise<boolean>((resolve, reject) => {
        const socket: TLSSocket = connect(options, () => resolve(socket.authorized)).once('error', reject)
      })
      expect(authorized).toBe(true)
    }
  } finally {
    listening.close()
  }
})

test.each([
  ['all is well', {}, {}, undefined],
  ['it expires soon', {}, { now: days(1095 - 59) }, /^it expires on \d{4}-\d\d-\d\d$/],
  ['60 days before its end', {}, { now: days(1095 - 61) }, undefined],
  ['it is not valid yet', {}, { now: new Date('2019-01-01') }, /^it is not valid yet$/],
  [
    'a name is missing',
    {},
    { names: [...names, 'broker.example', '192.0.2.9'] },
    /^it is not for broker\.example, 192\.0\.2\.9$/,
  ],
  [
    'another key',
    { key: (await createAuthority('x', now)).key },
    {},
    /^its key belongs to another certificate$/,
  ],
  [
    'another CA',
    {},
    { authority: (await createAuthority('edge-7', now)).certificate },
    /^another CA issued it$/,
  ],
])('certificateProblem: %s', (_, pair, context, expected) => {
  const found = certificateProblem(
    { ...server, ...pair },
    { authority: authority.certificate, names, now, ...context },
  )
  if (expected === undefined) expect(found).toBeUndefined()
  else expect(found).toMatch(expected)
})
