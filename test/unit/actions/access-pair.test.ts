import { expect, test } from 'vitest'
import { accessPair } from '../../../src/actions/files/access-pair.ts'
import { Secret } from '../../../src/lib/secret.ts'
import type { Files } from '../../../src/node/files.ts'
import { type TinyNode, tinyNode } from './tiny-node.ts'

const root = { uid: 0, gid: 0 }
const paths = { key: '/tls/server.key', certificate: '/tls/server.crt' }
const specOf = (name: string) => ({
  key: { path: paths.key, source: new Secret(`key ${name}`, 'key'), mode: 0o600, ...root },
  certificate: { path: paths.certificate, source: new Secret(`cert ${name}`, 'cert'), mode: 0o644, ...root },
})
const spec = specOf('new')

const backUpOn = (node: TinyNode) => async (path: string) => {
  const backup = `/backups/${encodeURIComponent(path)}`
  await node.files.write(backup, { copyOf: path, keepTime: true }, { mode: 0o600, ...root })
  return backup
}

async function nodeWithPair(): Promise<TinyNode> {
  const node = await tinyNode()
  await node.put('/backups/keep', '')
  await node.put(paths.key, 'key old', 0o640)
  await node.put(paths.certificate, 'cert old', 0o644)
  return node
}

/** What a broker reads that starts now. */
const shown = async ({ files }: TinyNode) =>
  `${await files.read(paths.key)}, ${await files.read(paths.certificate)}`

const disk = async (node: TinyNode) =>
  Object.fromEntries(Object.entries(await node.disk()).filter(([path]) => path.startsWith('/tls/')))

const oldDisk = { [paths.key]: 'key old 640', [paths.certificate]: 'cert old 644' }
const newDisk = { [paths.key]: 'key new 600', [paths.certificate]: 'cert new 644' }

const changing = ['write', 'link', 'rename', 'makeDirectory', 'setAccess', 'remove', 'removeTree'] as const

/** The same node, whose process is killed before change number `last` + 1 of its files. */
function killedAfter(last: number, node: TinyNode): TinyNode {
  let done = 0
  const files: Files = { ...node.files }
  for (const name of changing) {
    const real = node.files[name] as (...given: unknown[]) => Promise<void>
    Object.assign(files, {
      [name]: async (...given: unknown[]) => {
        if (done === last) throw new Error('killed')
        done++
        await real(...given)
      },
    })
  }
  return { ...node, files }
}

/** Runs `work` with a kill after each of its changes; `then` sees the node. Returns how many changes there were. */
async function killEverywhere(
  prepare: () => Promise<TinyNode>,
  work: (node: TinyNode) => Promise<unknown>,
  then: (node: TinyNode) => Promise<void>,
): Promise<number> {
  for (let last = 0; ; last++) {
    const node = await prepare()
    const outcome = await work(killedAfter(last, node)).then(
      () => 'ended',
      (error: unknown) => (error instanceof Error ? error.message : 'unknown'),
    )
    await then(node)
    if (outcome === 'ended') return last
    expect(outcome).toBe('killed')
  }
}

const matching = ['key old, cert old', 'key new, cert new']

test('after a kill at any moment, key and certificate match, and any of the next runs ends well', async () => {
  const seen = new Set<string>()
  const changes = await killEverywhere(
    nodeWithPair,
    node => accessPair.apply(spec, node),
    async node => {
      const found = await shown(node)
      expect(matching).toContain(found)
      seen.add(found)
      await accessPair.apply(spec, node)
      expect(await disk(node)).toEqual(newDisk)
      expect(await accessPair.inspect(spec, node)).toBe('done')
    },
  )
  expect([...seen].toSorted()).toEqual(matching.toSorted())
  expect(changes).toBeGreaterThan(10)
}, 60_000)

test('a rollback after a kill at any moment restores both, also when it is killed itself', async () => {
  const node = await nodeWithPair()
  const before = await accessPair.capture(spec, node, backUpOn(node))
  const changes = await killEverywhere(
    async () => {
      const node = await nodeWithPair()
      await accessPair.capture(spec, node, backUpOn(node))
      return node
    },
    node => accessPair.apply(spec, node),
    async node => {
      await accessPair.revert(spec, before, node)
      expect(await disk(node)).toEqual(oldDisk)
    },
  )
  expect(changes).toBeGreaterThan(10)
  await killEverywhere(
    async () => {
      const node = await nodeWithPair()
      await accessPair.capture(spec, node, backUpOn(node))
      await accessPair.apply(spec, node)
      return node
    },
    node => accessPair.revert(spec, before, node),
    async node => {
      expect(matching).toContain(await shown(node))
      await accessPair.revert(spec, before, node)
      expect(await disk(node)).toEqual(oldDisk)
    },
  )
}, 60_000)

test('a later run with another pair captures and replaces what an interrupted one has left', async () => {
  const other = specOf('other')
  const later = async (node: TinyNode) => {
    const before = await accessPair.capture(other, node, backUpOn(node))
    const found = await shown(node)
    await accessPair.apply(other, node)
    expect(await shown(node)).toBe('key other, cert other')
    await accessPair.revert(other, before, node)
    expect(await shown(node)).toBe(found)
  }
  await killEverywhere(nodeWithPair, node => accessPair.apply(spec, node), later)
}, 60_000)

test.each([
  ['neither', [], 'needed'],
  ['only the key', ['key'], 'needed'],
  ['only the certificate', ['certificate'], 'needed'],
] as const)('without a pair before (%s), it is written and removed again', async (_, there, inspection) => {
  const node = await tinyNode()
  await node.put('/tls/other', '')
  await node.put('/backups/keep', '')
  for (const name of there) await node.put(paths[name], 'old', 0o600)
  const whole = await disk(node)
  expect(await accessPair.inspect(spec, node)).toBe(inspection)
  const before = await accessPair.capture(spec, node, backUpOn(node))
  await accessPair.apply(spec, node)
  expect(await disk(node)).toMatchObject(newDisk)
  await accessPair.revert(spec, before, node)
  expect(await disk(node)).toEqual(whole)
})

test.each([
  ['both as required', 'key new', 0o600, 'cert new', 'done'],
  ['a key that others can read', 'key new', 0o644, 'cert new', 'needed'],
  ['another certificate', 'key new', 0o600, 'cert old', 'needed'],
] as const)('%s is %s', async (_, key, mode, certificate, inspection) => {
  const node = await tinyNode()
  await node.put(paths.key, key, mode)
  await node.put(paths.certificate, certificate)
  expect(await accessPair.inspect(spec, node)).toBe(inspection)
})

test('a link that edgekit did not make is foreign', async () => {
  const node = await nodeWithPair()
  await node.files.link(paths.certificate, '/etc/letsencrypt/live/x/fullchain.pem')
  expect(await accessPair.inspect(spec, node)).toBe('foreign')
})

test('a full disk leaves the old pair, with nothing beside it', async () => {
  const node = await nodeWithPair()
  const full = {
    ...node,
    files: { ...node.files, write: () => Promise.reject(new Error('no space left on device')) },
  }
  const before = await accessPair.capture(spec, node, backUpOn(node))
  await expect(accessPair.apply(spec, full)).rejects.toThrow('no space left on device')
  expect(await disk(node)).toEqual(oldDisk)
  await accessPair.revert(spec, before, full)
  expect(await disk(node)).toEqual(oldDisk)
})

test('its content is in no record', async () => {
  const node = await nodeWithPair()
  expect(JSON.stringify(spec)).not.toContain('new')
  const recorded = JSON.parse(JSON.stringify(spec, (key, value) => (key === 'source' ? undefined : value)))
  await expect(accessPair.apply(recorded, node)).rejects.toThrow(
    `cannot write ${paths.key}: its content is not`,
  )
})
