import { expect, test } from 'vitest'
import { parseChallenge } from '../../../../src/oci/registry/challenge.ts'

test.each([
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/pause:pull,push"',
    {
      scheme: 'bearer',
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      scope: 'repository:library/pause:pull,push',
    },
  ],
  ['bearer realm="https://a/b"', { scheme: 'bearer', realm: 'https://a/b' }],
  ['Bearer realm=https://a/b, service=x', { scheme: 'bearer', realm: 'https://a/b', service: 'x' }],
  ['Basic realm="x", Bearer realm="https://a/b"', { scheme: 'bearer', realm: 'https://a/b' }],
  ['Basic realm="x"', { scheme: 'basic' }],
  ['Negotiate', undefined],
  ['Bearer realm="not a URL"', { scheme: 'bearer', realm: 'not a URL' }],
  ['Bearer service="x"', { scheme: 'bearer', realm: '', service: 'x' }],
  ['Bearer realm="https://a/b", Basic realm="x"', { scheme: 'bearer', realm: 'https://a/b' }],
  [undefined, undefined],
])('%s', (header, challenge) => {
  expect(parseChallenge(header)).toEqual(challenge)
})
