import { expect, test } from 'vitest'
import { realmUrl, requireTrustedRealm } from '../../../../src/oci/registry/realm.ts'

const registry = (host: string): URL => new URL(`https://${host}`)

test.each(['null://nexus.example/v2/token', '', 'not a URL', '/v2/token', 'file:///etc/passwd'])(
  '"%s" is not a token service',
  realm => {
    expect(() => realmUrl(realm, registry('nexus.example'))).toThrow(
      expect.objectContaining({
        message: `nexus.example names no usable token service: realm="${realm}"`,
        remedy: 'Set the headers Host and X-Forwarded-Proto in the reverse proxy of nexus.example.',
      }),
    )
  },
)

test.each([
  ['registry-1.docker.io', 'https://auth.docker.io/token'],
  ['registry.gitlab.example', 'https://gitlab.example/jwt/auth'],
  ['gitlab.example', 'https://registry.gitlab.example/auth'],
  ['registry.example:5000', 'https://registry.example:5001/token'],
  ['registry.example.co.uk', 'https://auth.example.co.uk/token'],
  ['a.cn-hangzhou.cr.aliyuncs.com', 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth'],
  ['192.0.2.1', 'https://192.0.2.1:8443/token'],
  ['[2001:db8::1]', 'https://[2001:db8::1]/token'],
  ['registry', 'https://registry/token'],
])('%s may send credentials to %s', (host, realm) => {
  expect(() => requireTrustedRealm(new URL(realm), registry(host), 'config.json')).not.toThrow()
})

test.each([
  ['registry.example', 'https://evil.test/steal'],
  ['registry.example', 'https://registry.example.evil.test/steal'],
  ['registry.example.co.uk', 'https://evil.co.uk/steal'],
  ['registry.company.com.cn', 'https://evil.com.cn/steal'],
  ['192.0.2.1', 'https://198.51.2.1/steal'],
  ['[2001:db8::1]', 'https://[2001:db8::2]/steal'],
  ['registry', 'https://evil/steal'],
])('%s may not send credentials to %s', (host, realm) => {
  const { host: other } = new URL(realm)
  expect(() => requireTrustedRealm(new URL(realm), registry(host), 'config.json')).toThrow(
    expect.objectContaining({
      message: `${host} requests its credentials for ${other}, which is in another domain`,
      remedy: `If ${other} is its token service, add credentials for ${other} to config.json.`,
    }),
  )
})

test('credentials of a registry with TLS do not go out without it', () => {
  expect(() =>
    requireTrustedRealm(
      new URL('http://harbor.example/service/token'),
      registry('harbor.example'),
      'config.json',
    ),
  ).toThrow(
    expect.objectContaining({
      message: 'harbor.example requests credentials over unencrypted http (harbor.example)',
      remedy: expect.stringContaining('X-Forwarded-Proto to https'),
    }),
  )
})
