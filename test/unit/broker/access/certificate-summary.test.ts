import { expect, test } from 'vitest'
import { summarize } from '../../../../src/broker/access/certificate-summary.ts'
import { createAuthority, issueServerCertificate } from '../../../../src/broker/access/certificates.ts'
import { foreignCertificateProblem } from '../../../../src/broker/access/foreign-certificate.ts'

const now = new Date('2026-06-01T00:00:00Z')

test.each([
  ['p-256', 'P-256'],
  ['rsa-2048', 'RSA-2048'],
] as const)('a CA with %s keys issues certificates of its kind', async (kind, shown) => {
  const issuer = await createAuthority('edge-7', now, kind)
  const issued = await issueServerCertificate(issuer, ['broker.example', '2001:db8::7'], now)
  expect(summarize(issuer.certificate, now)).toMatchObject({ key: shown, names: [] })
  expect(summarize(issued.certificate, now)).toEqual({
    subject: 'CN=edgekit broker',
    names: ['broker.example', '2001:DB8:0:0:0:0:0:7'],
    validFrom: '2020-01-01T00:00:00.000Z',
    validTo: '2029-05-31T00:00:00.000Z',
    daysLeft: 1095,
    key: shown,
    fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
  })
  const context = { authority: issuer.certificate, names: ['broker.example'], now }
  expect(foreignCertificateProblem(issued, context)).toBe(undefined)
  expect(summarize(issued.certificate, new Date('2029-06-02')).daysLeft).toBe(-2)
})
