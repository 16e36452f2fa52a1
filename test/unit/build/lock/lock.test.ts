import { describe, expect, test } from 'vitest'
import type { Definition } from '../../../../src/build/definition/definition.ts'
import { checksumFor } from '../../../../src/build/fetch/checksums.ts'
import { formatLock, type Lock, parseLock } from '../../../../src/build/lock/lock.ts'
import { lockDifferences } from '../../../../src/build/lock/lock-differences.ts'
import { imageArchivePaths } from '../../../../src/build/pack/image-archive-paths.ts'

const digest = (char: string): string => `sha256:${char.repeat(64)}`
const platforms = { 'linux/amd64': digest('b'), 'linux/arm64': digest('c') }
const url = 'https://files.example/runc'

const lock: Lock = {
  lockVersion: 1,
  role: 'edge',
  kubeedge: 'v1.22.0',
  images: {
    'docker.io/library/b:1': { digest: digest('a'), platforms },
    'docker.io/library/a:1': { digest: digest('a'), platforms },
  },
  files: { [url]: { sha256: 'd'.repeat(64), size: 7 }, './keadm': { sha256: 'e'.repeat(64), size: 8 } },
}

const definition: Definition = {
  file: 'my.yaml',
  directory: '/',
  directories: [],
  role: 'edge',
  kubeedge: 'v1.22.0',
  architectures: ['amd64', 'arm64'],
  broker: 'docker.io/library/a:1',
  images: [{ reference: 'docker.io/library/a:1' }],
  binaries: { edgecore: { source: 'image:b:1#/edgecore' }, keadm: { source: './keadm' } },
  runtime: { runc: { source: url, sha256: 'd'.repeat(64) } },
  files: [],
  mirrors: {},
}

test('formats a lock the same way in any order, and parses it again', () => {
  const text = formatLock(lock)
  const turned: Lock = {
    ...lock,
    images: Object.fromEntries(Object.entries(lock.images).toReversed()),
    files: Object.fromEntries(Object.entries(lock.files).toReversed()),
  }
  expect(formatLock(turned)).toBe(text)
  expect(parseLock(text, 'edgekit.lock')).toEqual(lock)
  expect(formatLock(parseLock(text, 'edgekit.lock'))).toBe(text)
  expect(text).toMatch(/^# .*\n# .*edgekit lock/)
  expect(text.indexOf('library/a:1')).toBeLessThan(text.indexOf('library/b:1'))
})

test.each<[string, string, string]>([
  [
    'another version',
    formatLock(lock).replace('lockVersion: 1', 'lockVersion: 2'),
    'edgekit.lock:3:14: lockVersion: expected 1, found the number 2',
  ],
  [
    'half a digest',
    formatLock(lock).replace('a'.repeat(64), 'abc'),
    'edgekit.lock:8:13: images.docker.io/library/a:1.digest: expected sha256: and 64 lowercase hexadecimal digits, found "sha256:abc"',
  ],
  [
    'another key',
    `${formatLock(lock)}more: 1\n`,
    'edgekit.lock:24:1: unknown key "more", did you mean "role"? Allowed: lockVersion, role, kubeedge, images, files',
  ],
  [
    'a text for an image',
    formatLock({ ...lock, images: {} }).replace('images: {}', 'images: { a: 5 }'),
    'edgekit.lock:6:14: images.a: expected a map, found the number 5',
  ],
  [
    'a platform nobody builds for',
    formatLock(lock).replace('linux/amd64', 'linux/mips'),
    'edgekit.lock:10:7: unknown key "linux/mips" in images.docker.io/library/a:1.platforms. Allowed: linux/amd64, linux/arm64',
  ],
  ['marks of a merge conflict', `<<<<<<< HEAD\n${formatLock(lock)}`, 'edgekit.lock:'],
  ['nothing', '', 'edgekit.lock'],
])('refuses a lock with %s', (_, text, message) => {
  expect(() => parseLock(text, 'edgekit.lock')).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
  )
})

describe('a lock and a definition', () => {
  const differences = (change: Partial<Definition>, other: Partial<Lock> = {}) =>
    lockDifferences({ ...definition, ...change }, { ...lock, ...other }, ['amd64', 'arm64'])

  test('match', () => expect(differences({})).toEqual([]))

  test.each<[string, Partial<Definition>, Partial<Lock>, string[]]>([
    [
      'another tag',
      { images: [{ reference: 'docker.io/library/a:2' }] },
      {},
      ['docker.io/library/a:2: not in the lock', 'docker.io/library/a:1: not in the definition'],
    ],
    [
      'an additional architecture',
      {},
      {
        images: {
          ...lock.images,
          'docker.io/library/a:1': { digest: digest('a'), platforms: { 'linux/amd64': digest('b') } },
        },
      },
      ['docker.io/library/a:1: not in the lock for linux/arm64'],
    ],
    [
      'another version',
      { kubeedge: 'v1.23.0' },
      {},
      ['kubeedge: v1.22.0 in the lock, v1.23.0 in the definition'],
    ],
    ['another role', { role: 'cloud' }, {}, ['role: edge in the lock, cloud in the definition']],
    [
      'another sha256',
      { runtime: { runc: { source: url, sha256: { amd64: 'f'.repeat(64) } } } },
      {},
      [`${url}: sha256 ${'d'.repeat(64)} in the lock, ${'f'.repeat(64)} in the definition`],
    ],
    [
      'an additional file',
      { files: [{ source: 'site.yaml', path: 'files/site.yaml', mode: 0o644 }] },
      {},
      ['site.yaml: not in the lock'],
    ],
    ['a removed part', { runtime: {} }, {}, [`${url}: not in the definition`]],
  ])('differ by %s', (_, change, other, expected) => {
    expect(differences(change, other)).toEqual(expected)
  })

  test('match for one architecture, whatever another one lacks', () => {
    const images = {
      'docker.io/library/a:1': { digest: digest('a'), platforms: { 'linux/amd64': digest('b') } },
      'docker.io/library/b:1': { digest: digest('a'), platforms: { 'linux/amd64': digest('b') } },
    }
    expect(lockDifferences(definition, { ...lock, images }, ['amd64'])).toEqual([])
  })
})

const hex = '0123456789abcdef'.repeat(4)
const address = 'https://x.example/v1/runc.amd64?raw=1'

test.each<[string, string, string | undefined]>([
  ['sha256sum', `${'f'.repeat(64)}  other\n${hex}  runc.amd64\n`, hex],
  ['sha256sum in binary mode', `${hex} *runc.amd64\n`, hex],
  ['sha256sum with a directory', `${hex}  ./bin/runc.amd64\r\n`, hex],
  ['BSD', `SHA256 (runc.amd64) = ${hex.toUpperCase()}\n`, hex],
  ['a single sum', `${hex}\n`, hex],
  ['only others', `${hex}  runc.arm64\n`, undefined],
  ['two sums without names', `${hex}\n${hex}\n`, undefined],
  ['sha512', `${hex}${hex}  runc.amd64\n`, undefined],
  ['a web page', '<html>', undefined],
])('reads a list of checksums: %s', (_, list, expected) => {
  expect(checksumFor(list, address)).toBe(expected)
})

test.each([
  ['eclipse-mosquitto', 'images/eclipse-mosquitto-latest.tar'],
  ['registry.example:5000/team/app:1.2_rc.1', 'images/team-app-1.2_rc.1.tar'],
  [`registry.k8s.io/pause@sha256:${hex}`, 'images/pause-0123456789ab.tar'],
  [`registry.k8s.io/pause:3.10@sha256:${hex}`, 'images/pause-3.10.tar'],
])('stores %s as %s', (reference, name) => {
  expect(imageArchivePaths([reference]).get(reference)).toBe(name)
})

test('adds a hash to archive paths that would be the same', () => {
  const references = [
    'docker.io/kubeedge/pause:3.6',
    'registry.k8s.io/pause:3.6',
    'registry.example:5000/pause:3.6',
    'r.example/a-b/c:1',
    'r.example/a/b-c:1',
  ]
  const names = [...imageArchivePaths(references).values()]
  expect(names[0]).toBe('images/kubeedge-pause-3.6.tar')
  for (const name of names.slice(1)) expect(name).toMatch(/^images\/(pause-3\.6|a-b-c-1)-[0-9a-f]{8}\.tar$/)
  expect(new Set(names).size).toBe(5)
})
