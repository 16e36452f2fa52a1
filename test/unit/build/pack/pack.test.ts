import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { EagerPacker } from '../../../../src/build/pack/eager-packer.ts'
import { pack } from '../../../../src/build/pack/pack.ts'
import type { PayloadMember } from '../../../../src/build/pack/payload-member.ts'
import type { TarMember } from '../../../../src/tar/write.ts'

let directory: string
const at = (...names: string[]): string => join(directory, ...names)
const layers = randomBytes(300_000)

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-pack-'))
  await mkdir(at('work'))
  await mkdir(at('out'))
  await writeFile(at('layers'), layers)
})
afterEach(() => rm(directory, { recursive: true }))

const text = (path: string, content: string, mode: TarMember['mode'] = 0o644) => {
  const source = Buffer.from(content)
  return { path, mode, size: source.length, source }
}
const members = (): (PayloadMember & { source: Buffer | string })[] => [
  text('bundle.json', '{"schemaVersion":1}\n'),
  text('edgekit', '#!/bin/sh\n', 0o755),
  text('config/long', 'again and again\n'.repeat(10_000)),
  text('empty', ''),
  { path: 'images/x.tar', mode: 0o644, size: layers.length, source: at('layers'), isStored: true },
]

const never = new AbortController().signal

async function packed(name = 'bundle.tar.gz'): Promise<Buffer> {
  await pack(members(), { path: at('out', name), workDirectory: at('work'), signal: never })
  return readFile(at('out', name))
}

test('GNU tar lists the members in order and unpacks every byte', async () => {
  await packed()
  const list = execFileSync('tar', ['tzf', at('out', 'bundle.tar.gz')], { encoding: 'utf8' })
  expect(list.trim().split('\n')).toEqual(members().map(({ path }) => path))
  await mkdir(at('unpacked'))
  execFileSync('tar', ['xzf', at('out', 'bundle.tar.gz'), '-C', at('unpacked')])
  for (const { path, source } of members()) {
    const expected = typeof source === 'string' ? await readFile(source) : source
    expect((await readFile(at('unpacked', path))).equals(expected), path).toBe(true)
  }
})

test('gzip accepts it, and the archive ends with two empty blocks', async () => {
  await packed()
  const tar = execFileSync('gzip', ['-dc', at('out', 'bundle.tar.gz')], { maxBuffer: 1 << 24 })
  expect(tar.length % 512).toBe(0)
  expect(tar.subarray(-1024).every(byte => byte === 0)).toBe(true)
  // The last member ends just before: its padding is shorter than a block.
  expect(tar.subarray(-1536, -1024).every(byte => byte === 0)).toBe(false)
})

test('the first member can be read without the rest', async () => {
  const bundle = await packed()
  const end = bundle.indexOf(Buffer.from([0x1f, 0x8b, 0x08]), 3)
  const tar = gunzipSync(bundle.subarray(0, end))
  expect(tar.toString('latin1', 0, 11)).toBe('bundle.json')
  expect(tar.toString('latin1', 512).replace(/\0+$/, '')).toBe('{"schemaVersion":1}\n')
})

test('compresses texts and stores image archives', async () => {
  const bundle = await packed()
  expect(bundle.length).toBeGreaterThan(layers.length)
  expect(bundle.length).toBeLessThan(layers.length + 5000)
  expect(bundle.includes(layers.subarray(1000, 2000))).toBe(true)
})

test('is reproducible', async () => {
  const first = await packed('one.tar.gz')
  expect((await packed('two.tar.gz')).equals(first)).toBe(true)
})

test('eagerly packed members give the same bytes', async () => {
  const whole = await packed('one.tar.gz')
  const ahead = new EagerPacker(at('work'))
  const mixed = members().map(member => (member.isStored ? member : ahead.pack(member)))
  await pack(mixed, { path: at('out', 'two.tar.gz'), workDirectory: at('work'), signal: never })
  expect((await readFile(at('out', 'two.tar.gz'))).equals(whole)).toBe(true)
  await ahead.stop()
})

test('the eager packer reports a failure when awaited, and can be stopped', async () => {
  const ahead = new EagerPacker(at('work'))
  const { packed, sha256 } = ahead.pack({ path: 'x', mode: 0o644, size: 1, source: at('absent') })
  await expect(packed).rejects.toThrow('ENOENT')
  await expect(sha256).rejects.toThrow('ENOENT')
  const long = ahead.pack({ path: 'x', mode: 0o644, size: layers.length, source: at('layers') })
  await ahead.stop()
  await expect(long.packed).rejects.toThrow('aborted')
})

test.each([
  [undefined, '1970-01-01 00:00'],
  ['1700000000', '2023-11-14 22:13'],
])('with SOURCE_DATE_EPOCH=%s, every member has the time %s', async (epoch, date) => {
  vi.stubEnv('SOURCE_DATE_EPOCH', epoch)
  onTestFinished(() => void vi.unstubAllEnvs())
  const bundle = await packed()
  const list = execFileSync('tar', ['tvzf', at('out', 'bundle.tar.gz'), '--utc'], { encoding: 'utf8' })
  const lines = list.trim().split('\n')
  expect(lines.filter(line => !line.includes(date))).toEqual([])
  expect(lines).toHaveLength(members().length)
  // RFC 1952: bytes 4 to 7 are the time, which says nothing here.
  expect(bundle.readUInt32LE(4)).toBe(0)
})

test('leaves only the bundle and its checksum in the output directory', async () => {
  await packed()
  expect(await readdir(at('out'))).toEqual(['bundle.tar.gz', 'bundle.tar.gz.sha256'])
})

test.each([
  [undefined, ['bundle.tar.gz']],
  [200_000, ['bundle.tar.gz.part01', 'bundle.tar.gz.part02']],
])(
  'sha256sum accepts the checksums of parts of at most %s bytes, and no other file',
  async (partSize, names) => {
    const target = { path: at('out', 'bundle.tar.gz'), workDirectory: at('work'), signal: never, partSize }
    const { checksums, sha256, paths } = await pack(members(), target)
    expect(checksums).toBe(at('out', 'bundle.tar.gz.sha256'))
    const check = () =>
      spawnSync('sh', ['-c', 'sha256sum --check --strict -- "$0"', checksums], { cwd: at('out') })
    expect(check()).toMatchObject({
      status: 0,
      stdout: Buffer.from(names.map(name => `${name}: OK\n`).join('')),
    })
    expect(execFileSync('sh', ['-c', 'cat "$@" | sha256sum', 'sh', ...paths], { encoding: 'utf8' })).toBe(
      `${sha256}  -\n`,
    )
    await writeFile(paths.at(-1) as string, 'damaged')
    expect(check().status).toBe(1)
  },
)

test.each([
  ['shorter', -1],
  ['longer', 1],
])('fails without output and keeps an older bundle when a file became %s', async (_, difference) => {
  await writeFile(at('out', 'old.tar.gz'), 'old')
  const changed = members().map(member =>
    typeof member.source === 'string' ? { ...member, size: member.size - difference } : member,
  )
  for (const name of ['old.tar.gz', 'new.tar.gz']) {
    await expect(
      pack(changed, { path: at('out', name), workDirectory: at('work'), signal: never }),
    ).rejects.toThrow('images/x.tar: expected')
  }
  expect(await readdir(at('out'))).toEqual(['old.tar.gz'])
  expect(await readFile(at('out', 'old.tar.gz'), 'utf8')).toBe('old')
})

test('fails without output when a file is missing', async () => {
  await rm(at('layers'))
  await expect(packed()).rejects.toThrow('ENOENT')
  expect(await readdir(at('out'))).toEqual([])
})
