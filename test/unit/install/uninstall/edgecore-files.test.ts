import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { purgeableSecrets, uninstall } from '../../../../src/install/uninstall/uninstall.ts'
import { paths, units } from '../../../../src/node/paths.ts'
import { purgeQuestion } from '../../../../src/ui/uninstall-output.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'
import { perform, runStep } from '../engine.ts'

const key = '/etc/kubeedge/certs/server.key'
const certificate = '/etc/kubeedge/certs/server.crt'
const database = '/var/lib/kubeedge/edgecore.db'
const aside = `${database}.20261130T081500-ab12`
const oldKey = `${key}.20261130T081500Z`
const secrets = "EdgeCore's database, with the Secrets of its pods"
const unit = { text: '[Service]\n' }

const edgecore: DesiredStep = {
  id: paths.edgecoreUnit,
  kind: 'file',
  spec: {
    path: paths.edgecoreUnit,
    source: unit,
    sha256: createHash('sha256').update(unit.text).digest('hex'),
    ours: true,
    mode: 0o644,
    uid: 0,
    gid: 0,
  },
}

/** An installed node whose EdgeCore has joined and run; `before` was there before the install. */
async function usedNode(before: readonly string[] = []): Promise<TinyNode> {
  const node = await tinyNode()
  for (const path of ['/etc/systemd/system/other', '/var/lib/other', '/opt/other', '/usr/local/bin/other'])
    await node.put(path, '')
  for (const path of before) {
    await node.put(path, '', 0o600)
    await node.setModified(path, new Date('2026-01-01'))
  }
  node.setUnit(units.edgecore, { active: 'active' })
  await perform(node, [edgecore])
  const made = [key, certificate, database, `${database}-wal`, aside, oldKey, `${database}.mine`]
  for (const path of made.filter(path => !before.includes(path))) await node.put(path, 'secret', 0o600)
  return node
}

/** `unit`: there is an edgecore.service afterwards. */
const remove = (node: TinyNode, purge: boolean, unit = false) => {
  if (!unit) node.units.delete(units.edgecore)
  const signal = new AbortController().signal
  return uninstall({ node, purge, edgekitVersion: '0', runStep, signal })
}

const named = [
  { path: key, secret: 'private key of this node' },
  { path: oldKey, secret: 'private key of this node' },
  { path: database, secret: secrets },
  { path: `${database}-wal`, secret: secrets },
  { path: aside, secret: secrets },
]
const there = async (node: TinyNode, paths: readonly string[]) => {
  const found = await Promise.all(paths.map(path => node.files.status(path)))
  return paths.filter((_, index) => found[index])
}

test('an uninstall names the key and the databases that stay, and a later purge deletes them', async () => {
  const node = await usedNode()
  expect((await purgeableSecrets(node)).toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(
    named.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  )
  const { kept } = await remove(node, false)
  expect(kept).toEqual(
    expect.arrayContaining(
      named.map(({ path, secret }) => ({ what: path, why: secret, purgeable: true as const })),
    ),
  )
  expect(await purgeableSecrets(node)).toHaveLength(named.length)
  const { purged } = await remove(node, true)
  expect(purged.toSorted()).toEqual([...named.map(({ path }) => path), certificate].toSorted())
  expect(await there(node, [...named.map(({ path }) => path), certificate])).toEqual([])
  expect(await there(node, [`${database}.mine`, '/etc/kubeedge/certs', paths.leftovers])).toEqual([
    `${database}.mine`,
  ])
})

test('a purge at once deletes them too', async () => {
  const node = await usedNode()
  expect((await remove(node, true)).kept).toEqual([])
  expect(await there(node, [...named.map(({ path }) => path), certificate])).toEqual([])
})

test('what was there before the install belongs to someone else', async () => {
  const node = await usedNode([key, database])
  expect((await purgeableSecrets(node)).map(({ path }) => path)).not.toContain(key)
  await remove(node, true)
  expect(await there(node, [key, database, aside])).toEqual([key, database])
})

test('an EdgeCore that someone has set up since keeps its files', async () => {
  const node = await usedNode()
  await remove(node, false)
  node.setUnit(units.edgecore, { load: 'loaded' })
  expect(await purgeableSecrets(node)).toEqual([])
  expect((await remove(node, true, true)).purged).toEqual([])
  expect(await there(node, [key, database])).toEqual([key, database])
})

test('names the pods that run on, once each', async () => {
  const node = await usedNode()
  const pod = (name: string) => ({
    'io.kubernetes.pod.namespace': 'default',
    'io.kubernetes.pod.name': name,
  })
  const container = (id: string, labels: Record<string, string>) => ({ id, image: '', snapshot: '', labels })
  node.containers = [
    container('a', pod('web')),
    container('b', pod('web')),
    container('c', pod('ended')),
    container('d', {}),
  ]
  const task = (id: string, status: string) => ({ container: id, pid: 1, status })
  node.tasks = [task('a', 'RUNNING'), task('b', 'RUNNING'), task('c', 'STOPPED'), task('d', 'RUNNING')]
  const { kept } = await remove(node, true)
  expect(kept).toEqual([{ what: 'pod default/web', why: 'runs on until a reboot, without EdgeCore' }])
})

test('the question before a purge names what is lost', () => {
  expect(purgeQuestion(named.slice(0, 1))).toBe(
    `--purge also deletes for good:\n  all data of the broker\n  ${key}: private key of this node\nStop and remove the broker and EdgeCore, and delete all of this?`,
  )
})

test('an uninstall names what devices have published, and a later purge deletes it', async () => {
  const node = await usedNode()
  await node.put(`${paths.devices}/devices.db`, '')
  const listed = { what: paths.devices, why: 'what devices have published', purgeable: true }
  expect((await remove(node, false)).kept).toContainEqual(listed)
  expect((await remove(node, true)).purged).toContain(paths.devices)
  expect(await node.files.status(paths.devices)).toBeUndefined()
})
