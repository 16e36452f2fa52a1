import { expect, test } from 'vitest'
import { createAuthority, issueServerCertificate } from '../../../../src/broker/access/certificates.ts'
import { foreignCertificateProblem } from '../../../../src/broker/access/foreign-certificate.ts'

const now = new Date()
const days = (count: number): Date => new Date(now.getTime() + count * 86_400_000)
const authority = await createAuthority('factory', now)
const other = await createAuthority('other', now)
const server = await issueServerCertificate(authority, ['broker.example'], now)
const expected = { authority: authority.certificate, names: ['broker.example'], now }

test.each([
  ['all is well', server, {}, undefined],
  ['ca.crt has several CAs', server, { authority: other.certificate + authority.certificate }, undefined],
  [
    'the CA is sent along',
    { ...server, certificate: server.certificate + authority.certificate },
    {},
    undefined,
  ],
  ['the server certificate itself is trusted', server, { authority: server.certificate }, undefined],
  ['the key is of another one', { ...server, key: other.key }, {}, 'its key belongs to another certificate'],
  [
    'another CA issued it',
    server,
    { authority: other.certificate },
    'no CA in ca.crt issued it, with the other certificates in server.crt',
  ],
  ['it has expired', server, { now: days(1100) }, /^it has expired on \d{4}-\d\d-\d\d$/],
  ['it is not valid yet', server, { now: new Date('2019-01-01') }, /^it is not valid before 2020-01-01T/],
  ['a name is missing', server, { names: ['192.0.2.1'] }, 'it is not for 192.0.2.1'],
  ['it is no PEM', { ...server, certificate: 'x' }, {}, 'a certificate or its key is not in PEM'],
  ['its key is no PEM', { ...server, key: 'x' }, {}, 'a certificate or its key is not in PEM'],
])('%s', (_, pair, differing, problem) => {
  const found = foreignCertificateProblem(pair, { ...expected, ...differing })
  if (problem instanceof RegExp) expect(found).toMatch(problem)
  else expect(found).toBe(problem)
})
