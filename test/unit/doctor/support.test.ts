import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../src/doctor/diagnose.ts'
import { readSavedFacts, type SavedFacts } from '../../../src/doctor/saved-facts.ts'
import { selectChecks } from '../../../src/doctor/select.ts'
import { packArchive } from '../../../src/doctor/support/archive.ts'
import { collectSupport } from '../../../src/doctor/support/collect.ts'
import { pieces } from '../../../src/doctor/support/pieces.ts'
import type { Facts } from '../../../src/facts/index.ts'
import { localNode, type Node } from '../../../src/node/node.ts'
import { tarMember } from '../../../src/tar/write.ts'
import { cloudMachine, healthy } from '../checks/healthy.ts'

const at = new Date('2026-01-02T03:04:05.000Z')
const saved = (facts: Facts): SavedFacts => ({
  schemaVersion: 1,
  edgekit: '0.1.0',
  at: at.toISOString(),
  facts,
})
const pack = (facts: Facts) => packArchive({ collected: [], data: { 'facts.json': saved(facts) }, at })
const judge = (facts: Facts) =>
  diagnose(facts, {
    selection: selectChecks([], { tag: 'doctor', ignored: [] }),
    strict: false,
    edgekit: '0.1.0',
    at,
  })

const broken = (breakIt: (node: ReturnType<typeof healthy>) => void): Facts => {
  const node = healthy()
  breakIt(node)
  return node
}

describe('saved facts give the same report', () => {
  test.each<[string, Facts]>([
    ['a healthy node', healthy()],
    ['a cloud machine', cloudMachine()],
    ['nothing installed', broken(node => (node.bundle.value = undefined))],
    ['no containerd', broken(node => (node.containerd.value.answers = false))],
    ['no edgecore.yaml', broken(node => (node.edgecoreConfig.value.config = undefined))],
    ['a broker that fails', broken(node => (node.brokerProbe.value = { failure: 'refused' }))],
    [
      'nothing known',
      Object.fromEntries(Object.keys(healthy()).map(name => [name, { unknown: 'x' }])) as unknown as Facts,
    ],
  ])('%s', async (_, facts) => {
    const { bytes } = await pack(facts)
    const read = await readSavedFacts(bytes, 'support.tar.gz')
    expect(read.at).toBe(at.toISOString())
    expect(judge(read.facts)).toEqual(judge(facts))
  })

  test('a fact that the other edgekit did not collect is unknown', async () => {
    const others: Partial<Facts> = healthy()
    delete others.brokerProbe
    const { bytes } = await pack(others as Facts)
    const { facts } = await readSavedFacts(bytes, 'support.tar.gz')
    expect(judge(facts).checks.find(({ id }) => id === 'broker-login')).toMatchObject({
      status: 'error',
      observed: 'could not be checked: edgekit 0.1.0 did not collect this fact',
    })
  })
})

describe('an unusable support archive is refused', () => {
  /** gzip members can follow one another. */
  const zeros = gzipSync(Buffer.alloc(10_000_000))
  const empty = Buffer.concat(tarMember({ path: 'x', mode: 0o644, size: 0, source: Buffer.of() }, at))
  const source = Buffer.alloc(250_000_000)
  const [header = source] = tarMember({ path: 'x', mode: 0o644, size: source.length, source }, at)
  const packed = async (data: Record<string, unknown>) =>
    (await packArchive({ collected: [], data, at })).bytes

  test.each<[what: string, archive: Uint8Array | Promise<Uint8Array>, reason: string]>([
    ['empty', new Uint8Array(), 'not a .tar.gz archive'],
    ['text', Buffer.from('hello '.repeat(200)), 'not a .tar.gz archive'],
    ['compressed text', gzipSync('hello '.repeat(200)), 'not a .tar.gz archive'],
    [
      'padding of 250 MB',
      Buffer.concat([gzipSync(empty), ...Array.from({ length: 25 }, () => zeros)]),
      'facts.json is missing',
    ],
    [
      'a file of 250 MB',
      Buffer.concat([gzipSync(header), ...Array.from({ length: 25 }, () => zeros)]),
      'it has more than 200.0 MB',
    ],
    ['compressed twice', gzipSync(gzipSync(Buffer.alloc(1e6))), 'not a .tar.gz archive'],
    ['without facts', packed({}), 'facts.json is missing'],
    ['facts that are not JSON', packed({ 'facts.json': '{' }), 'facts.json is damaged'],
    [
      'facts of a later version',
      packed({ 'facts.json': { ...saved(healthy()), schemaVersion: 2 } }),
      'facts.json has an unsupported format',
    ],
  ])('%s', async (_, archive, reason) => {
    await expect(readSavedFacts(await archive, 'x.tar.gz')).rejects.toMatchObject({
      code: 'support-archive-unusable',
      exitCode: 3,
      message: `cannot read x.tar.gz: ${reason}`,
    })
  })
})

test('files in the archive have unique names', () => {
  const names = pieces.map(({ file }) => file)
  expect(new Set(names).size).toBe(names.length)
})

describe('collecting', () => {
  const textOf = (bytes: Uint8Array): string => gunzipSync(bytes).toString()

  test('a piece that fails leaves its reason, and all others are collected', async () => {
    const real = localNode()
    const node: Node = {
      ...real,
      systemd: { ...real.systemd, unit: async () => Promise.reject(new Error('no systemd')) },
      containerd: { ...real.containerd, socket: async () => Promise.reject(new Error('no containerd')) },
      processes: {
        ...real.processes,
        attempt: async (file, args) => ({ exitCode: 0, stdout: [file, ...args].join(' '), stderr: '' }),
      },
    }
    const collected = await collectSupport(node)
    expect(collected.map(({ file }) => file)).toEqual(pieces.map(({ file }) => file))
    const failed = collected.filter(({ failure }) => failure === 'no containerd').map(({ file }) => file)
    expect(failed).toContain('containerd/images.txt')
    expect(collected.find(({ file }) => file === 'system/kernel.txt')?.text).toBe('uname -a')
    const text = textOf((await packArchive({ collected, data: {}, at })).bytes)
    expect(text).toContain('"failure": "no containerd"')
  })

  test('long logs are cut at the start, other files at the end', async () => {
    const real = localNode()
    const node: Node = {
      ...real,
      processes: {
        ...real.processes,
        attempt: async () => ({ exitCode: 0, stdout: `begin${'x'.repeat(3_000_000)}end`, stderr: '' }),
      },
    }
    const collected = await collectSupport(node)
    const piece = (name: string) => collected.find(({ file }) => file === name)
    expect(piece('journal/edgecore.log')).toMatchObject({
      leftOut: 1_000_008,
      text: expect.stringMatching(/^x+end$/),
    })
    expect(piece('system/sockets.txt')).toMatchObject({
      leftOut: 1_000_008,
      text: expect.stringMatching(/^beginx+$/),
    })
  })

  test('a secret in the configuration is masked in every file', async () => {
    const collected = [
      { file: 'journal/x.log', text: 'logged in with s3cret-canary' },
      { file: 'config/edgecore.yaml', text: 'token: s3cret-canary\n' },
      { file: 'system/y.txt', text: '', failure: 's3cret-canary' },
    ]
    const { bytes, masked } = await packArchive({
      collected,
      data: { 'facts.json': { line: 's3cret-canary' } },
      at,
    })
    expect(textOf(bytes)).not.toContain('s3cret-canary')
    expect(masked.map(({ file }) => file)).toEqual([
      'facts.json',
      'journal/x.log',
      'config/edgecore.yaml',
      'system/y.txt',
    ])
    expect(textOf(bytes)).toContain('logged in with ***')
  })
})
