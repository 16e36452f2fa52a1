import { expect, test } from 'vitest'
import { apiRoots, definedMirrors, parseMirrors, registryUrl } from '../../../../src/oci/registry/mirrors.ts'

const mirrors = parseMirrors(['docker.io=http://127.0.0.1:5000/', 'quay.io=https://mirror.example.com/quay/'])

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

test('the mirrors of a definition are the same', () => {
  expect(definedMirrors({ 'quay.io': 'https://mirror.example.com/quay/' }).get('quay.io')).toBe(
    'https://mirror.example.com/quay',
  )
})

test.each([
  ['https://mirror.example', ['https://mirror.example/v2']],
  ['https://mirror.example:8443', ['https://mirror.example:8443/v2']],
  ['https://h.example/hub', ['https://h.example/v2/hub', 'https://h.example/hub/v2']],
  ['https://h.example/a/b', ['https://h.example/v2/a/b', 'https://h.example/a/b/v2']],
  ['https://h.example/v2', ['https://h.example/v2']],
  ['https://h.example/v2/hub', ['https://h.example/v2/hub']],
  ['https://h.example/api/docker/hub/v2', ['https://h.example/api/docker/hub/v2']],
  ['https://h.example/v2hub', ['https://h.example/v2/v2hub', 'https://h.example/v2hub/v2']],
])('the API of %s is at one of %j', (address, roots) => {
  expect(apiRoots(address)).toEqual(roots)
})

test.each([
  ['docker.io', 'docker.io: not HOST=URL'],
  ['docker.io=', 'docker.io=: not HOST=URL'],
  ['docker.io=127.0.0.1:5000', 'docker.io=…: not HOST=URL'],
  ['=http://x', '=http://x: not HOST=URL'],
  ['docker.io=ftp://x', 'docker.io=…: not HOST=URL'],
  ['https://docker.io=https://x', 'https://docker.io=…: https://docker.io is not the host of a registry'],
  ['docker.io=https://robot:secret@x', 'docker.io=…: the URL contains a user name or password'],
  ['docker.io=https://x/?a=b', 'docker.io=…: the URL contains ? or #'],
])('refuses %s', (option, message) => {
  expect(() => parseMirrors([option])).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
  )
  expect(() => parseMirrors([option])).not.toThrow('secret')
})
