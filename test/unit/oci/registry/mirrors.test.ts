import { expect, test } from 'vitest'
import { parseMirrors, registryUrl } from '../../../../src/oci/registry/mirrors.ts'

const mirrors = parseMirrors(['docker.io=http://127.0.0.1:5000/', 'quay.io=https://mirror.example.com/quay'])

test.each([
  ['docker.io', 'http://127.0.0.1:5000'],
  ['quay.io', 'https://mirror.example.com/quay'],
  ['registry.k8s.io', 'https://registry.k8s.io'],
  ['registry.example.com:5000', 'https://registry.example.com:5000'],
  ['localhost:5000', 'http://localhost:5000'],
  ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
  ['[::1]:5000', 'http://[::1]:5000'],
  ['127.0.0.1.example.com', 'https://127.0.0.1.example.com'],
])('%s has its API at %s', (registry, url) => {
  expect(registryUrl(registry, mirrors)).toBe(url)
})

test('Docker Hub has its API at another host', () => {
  expect(registryUrl('docker.io', new Map())).toBe('https://registry-1.docker.io')
})

test.each(['docker.io', 'docker.io=', 'docker.io=127.0.0.1:5000', '=http://x', 'docker.io=ftp://x'])(
  'refuses %s',
  option => {
    expect(() => parseMirrors([option])).toThrow(expect.objectContaining({ exitCode: 2 }))
  },
)
