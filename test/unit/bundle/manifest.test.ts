import { expect, test } from 'vitest'
import { formatManifest, type Manifest, parseManifest } from '../../../src/bundle/manifest.ts'

const sha256 = 'a'.repeat(64)
const digest = `sha256:${sha256}`
const image = {
  reference: 'docker.io/library/x:1',
  digest,
  archive: 'images/x-1.tar',
  platform: 'linux/arm64',
  manifestDigest: digest,
  configDigest: digest,
  layers: [{ digest, size: 7, unpackedSize: 8 }],
  unpackedSize: 8,
}
const file = { path: 'images/x-1.tar', size: 7, mode: 0o644, sha256 }
const manifest: Manifest = {
  schemaVersion: 1,
  name: 'kubeedge-edge',
  role: 'edge',
  kubeedgeVersion: 'v1.22.0',
  arch: 'arm64',
  edgekitVersion: '0.1.0',
  lockDigest: digest,
  broker: { image: 'docker.io/library/x:1' },
  images: [image],
  disk: 22,
  files: [file],
}

test('parses what it formats', () => {
  const text = formatManifest(manifest)
  expect(parseManifest(text)).toEqual(manifest)
  expect(text.endsWith('}\n')).toBe(true)
})

test('ignores keys of a newer edgekit', () => {
  expect(parseManifest(JSON.stringify({ ...manifest, signedBy: 'x' }))).toEqual(manifest)
})

test.each(['a', 'bin/edgekit', 'systemd/edgecore.service.d/10-edgekit.conf', 'a/.hidden', 'a/..b', 'x@1+2'])(
  'accepts the path %s',
  path => {
    expect(parseManifest(JSON.stringify({ ...manifest, files: [{ ...file, path }] })).files[0]?.path).toBe(
      path,
    )
  },
)

test.each([
  '',
  '/',
  '/a',
  '..',
  '../a',
  'a/../b',
  'a/..',
  '.',
  './a',
  'a/.',
  'a/./b',
  'a b',
  'a\nb',
  'a\\b',
  'ä',
  'a\0',
])('refuses the path %j', path => {
  expect(() => parseManifest(JSON.stringify({ ...manifest, files: [{ ...file, path }] }))).toThrow('path')
  expect(() => parseManifest(JSON.stringify({ ...manifest, images: [{ ...image, archive: path }] }))).toThrow(
    'archive',
  )
})

test.each<[what: string, changes: object, message: string]>([
  ['another schema', { schemaVersion: 2 }, 'schemaVersion'],
  ['a schema as text', { schemaVersion: '1' }, 'schemaVersion'],
  ['another architecture', { arch: 'x64' }, 'arch'],
  ['another role', { role: 'x' }, 'role'],
  ['no broker', { broker: undefined }, 'broker'],
  ['a size below zero', { files: [{ ...file, size: -1 }] }, 'size'],
  ['a size with a fraction', { files: [{ ...file, size: 1.5 }] }, 'size'],
  ['a hash in capitals', { files: [{ ...file, sha256: sha256.toUpperCase() }] }, 'sha256'],
  ['a digest without its algorithm', { images: [{ ...image, digest: sha256 }] }, 'digest'],
])('refuses %s', (_, changes, message) => {
  expect(() => parseManifest(JSON.stringify({ ...manifest, ...changes }))).toThrow(message)
})

test.each(['', '{', '[]', 'null', '1'])('refuses %j', text => {
  expect(() => parseManifest(text)).toThrow()
})
