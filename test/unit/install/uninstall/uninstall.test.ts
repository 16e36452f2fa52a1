import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { readReceipt } from '../../../../src/install/record/receipt.ts'
import { statusOf } from '../../../../src/install/status.ts'
import { undoInterrupted } from '../../../../src/install/undo-interrupted.ts'
import { uninstall } from '../../../../src/install/uninstall/uninstall.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import { paths, units } from '../../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'
import { killedAfter, perform, performUnfinished, runStep } from '../engine.ts'

const root = { uid: 0, gid: 0 }
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const file = (path: string, text: string): DesiredStep => ({
  id: path,
  kind: 'file',
  spec: {
    path,
    source: { text },
    sha256: sha256(text),
    ours: path.startsWith('/opt/edgekit'),
    mode: 0o644,
    ...root,
  },
})
const folder = (path: string): DesiredStep => ({
  id: path,
  kind: 'directory',
  spec: { path, ours: path.includes('edgekit'), mode: 0o755, ...root },
})
const reference = 'example.com/x:1'
const broker = { unit: units.broker }

/** One of each kind, in the order of an install. */
const desired: DesiredStep[] = [
  folder('/etc/edgekit'),
  folder('/opt/edgekit/bin'),
  file(paths.program, 'edgekit'),
  { id: paths.programLink, kind: 'link', spec: { path: paths.programLink, target: paths.program } },
  folder(paths.images),
  file(`${paths.images}/x.tar`, 'archive'),
  {
    id: reference,
    kind: 'image',
    spec: { reference, digest: 'sha256:a', platform: 'linux/amd64', archive: `${paths.images}/x.tar` },
  },
  file('/etc/edgekit/broker.conf', 'configuration'),
  file('/etc/systemd/system/x.service', 'unit'),
  { id: 'reload', kind: 'daemon-reload', spec: { units: [units.broker] } },
  { id: 'enable', kind: 'unit-enabled', spec: broker },
  { id: units.broker, kind: 'unit-running', spec: { ...broker, mayFail: false } },
  file(paths.installedManifest, '{}'),
]

async function bareNode(): Promise<TinyNode> {
  const node = await tinyNode()
  for (const path of ['/etc/systemd/system', '/opt', '/usr/local/bin', '/var/lib'])
    await node.put(`${path}/other`, '')
  node.archives.set('archive', [
    { reference, digest: 'sha256:a', complete: true, unpacked: true, pinned: false, platforms: [] },
    {
      reference: 'sha256:c',
      digest: 'sha256:a',
      complete: true,
      unpacked: true,
      pinned: false,
      platforms: [],
    },
  ])
  node.setUnit(units.broker, {})
  return node
}

const uninstallOn = (node: TinyNode, changes: Partial<Parameters<typeof uninstall>[0]> = {}) =>
  uninstall({
    node,
    purge: false,
    edgekitVersion: '0',
    runStep,
    signal: new AbortController().signal,
    ...changes,
  })

async function installed(steps = desired): Promise<{ node: TinyNode; untouched: Record<string, string> }> {
  const node = await bareNode()
  const untouched = await node.disk()
  await perform(node, steps)
  return { node, untouched }
}

test('restores the node and returns what was installed', async () => {
  const { node, untouched } = await installed()
  expect(await uninstallOn(node)).toMatchObject({
    bundle: { name: 'kubeedge-edge' },
    kept: [],
    continues: false,
  })
  expect(await node.disk()).toEqual(untouched)
  expect(node.images).toEqual([])
})

test('removes in reverse order: units are stopped before their files go, edgekit goes last', async () => {
  const { node } = await installed()
  const titles: string[] = []
  await uninstallOn(node, {
    runStep: async (title, work) => {
      expect(await node.files.status(paths.program)).toBeDefined()
      titles.push(title)
      return work(() => {})
    },
  })
  const at = (title: string): number => {
    expect(titles).toContain(title)
    return titles.indexOf(title)
  }
  expect(at(`Stop ${units.broker}`)).toBeLessThan(at('Remove /etc/systemd/system/x.service'))
  expect(at('Remove /etc/systemd/system/x.service')).toBeLessThan(at(`Remove image ${reference}`))
  expect(titles.at(-1)).toBe('Reload systemd')
})

test('has nothing to do the second time', async () => {
  const { node, untouched } = await installed()
  await uninstallOn(node)
  expect(await uninstallOn(node)).toEqual({ bundle: undefined, kept: [], purged: [], continues: false })
  expect(await node.disk()).toEqual(untouched)
})

describe('killed', () => {
  test.each([0, 1, 3, 5, 7, 9, 10])('after %s steps, it is finished by the next run', async index => {
    const { node, untouched } = await installed()
    await expect(uninstallOn(node, { runStep: killedAfter(index) })).rejects.toThrow('killed')
    expect(await statusOf(node)).toMatchObject({ interrupted: { command: 'uninstall' } })
    expect((await uninstallOn(node)).kept).toEqual([])
    expect(await node.disk()).toEqual(untouched)
    expect(node.images).toEqual([])
  })

  test('it cannot be rolled back, but the bundle can be installed again', async () => {
    const { node } = await installed()
    const disk = await node.disk()
    await expect(uninstallOn(node, { runStep: killedAfter(6) })).rejects.toThrow('killed')
    await expect(undoInterrupted(node, runStep, new AbortController().signal)).rejects.toMatchObject({
      exitCode: exitCodes.refused,
    })
    await perform(node, desired)
    expect(Object.keys(await node.disk())).toEqual(Object.keys(disk))
    await uninstallOn(node)
    expect(await readReceipt(node.files)).toBeUndefined()
  })
})

test('shows how to continue when stopped by a signal', async () => {
  const { node } = await installed()
  const stop = new AbortController()
  const reason = new Error('stopped')
  const stopping: typeof runStep = async (title, work) => {
    const result = await runStep(title, work)
    stop.abort(reason)
    return result
  }
  await expect(uninstallOn(node, { runStep: stopping, signal: stop.signal })).rejects.toMatchObject({
    remedy: expect.stringContaining('edgekit uninstall again'),
  })
})

test('rolls back an interrupted install first', async () => {
  const node = await bareNode()
  const untouched = await node.disk()
  await performUnfinished(node, desired)
  expect(await uninstallOn(node)).toEqual({ bundle: undefined, kept: [], purged: [], continues: false })
  expect(await node.disk()).toEqual(untouched)
})

test('keeps in the receipt what it could not remove, for the next run', async () => {
  const { node, untouched } = await installed()
  node.broken.set(`rm ${reference}`, 'containerd is busy')
  const { kept } = await uninstallOn(node)
  expect(kept).toEqual([{ what: reference, why: 'containerd is busy; fix that and uninstall again' }])
  expect(await node.files.status(paths.program)).toBeDefined()
  node.broken.clear()
  expect((await uninstallOn(node)).kept).toEqual([])
  expect(await node.disk()).toEqual(untouched)
})

test('leaves adopted files alone and lists a changed one once', async () => {
  const node = await bareNode()
  await node.put('/etc/systemd/system/x.service', 'unit')
  await perform(node, desired)
  await node.put('/etc/edgekit/broker.conf', 'mine')
  const { kept } = await uninstallOn(node)
  expect(kept).toEqual([
    { what: '/etc/edgekit/broker.conf', why: 'changed since edgekit wrote it', purgeable: true },
  ])
  expect(await node.files.read('/etc/systemd/system/x.service')).toBe('unit')
  expect(await node.files.read('/etc/edgekit/broker.conf')).toBe('mine')
})

describe('a purge after an uninstall', () => {
  const runtime = [
    file(paths.containerdUnit, 'unit'),
    { id: '/var/lib/containerd', kind: 'service-directory', spec: { path: '/var/lib/containerd' } } as const,
  ]

  async function leftBehind() {
    const { node, untouched } = await installed([...runtime, ...desired])
    await node.put('/var/lib/containerd/data', 'pods')
    await uninstallOn(node)
    expect(await node.files.read('/var/lib/containerd/data')).toBe('pods')
    return { node, untouched }
  }

  test('removes what containerd has stored', async () => {
    const { node, untouched } = await leftBehind()
    node.containerd.state = async () => 'absent'
    const { kept, purged } = await uninstallOn(node, { purge: true })
    expect({ kept, purged }).toEqual({ kept: [], purged: ['/var/lib/containerd'] })
    expect(await node.disk()).toEqual(untouched)
  })

  test('does not remove what a containerd from elsewhere uses now', async () => {
    const { node } = await leftBehind()
    const { kept } = await uninstallOn(node, { purge: true })
    expect(kept).toMatchObject([{ what: '/var/lib/containerd', why: 'containerd.service uses it now' }])
    expect(await node.files.read('/var/lib/containerd/data')).toBe('pods')
  })

  test('does so too when the bundle was installed again in between', async () => {
    const { node, untouched } = await leftBehind()
    await perform(node, [...runtime, ...desired])
    expect((await uninstallOn(node)).kept).toMatchObject([{ what: '/var/lib/containerd' }])
    node.containerd.state = async () => 'absent'
    await uninstallOn(node, { purge: true })
    expect(await node.disk()).toEqual(untouched)
  })
})

test('keeps a container runtime that other containers use, for a later run', async () => {
  const runtime = [file(paths.containerdUnit, 'unit'), file('/usr/local/bin/containerd', 'program')]
  const { node, untouched } = await installed([...runtime, ...desired])
  node.containers = [{ id: 'pod', image: 'example.com/pod:1', snapshot: 'pod', labels: {} }]
  expect((await uninstallOn(node)).kept).toEqual([{ what: 'containerd', why: 'used by containers pod' }])
  expect(await node.files.read('/usr/local/bin/containerd')).toBe('program')
  expect(await node.files.status('/etc/edgekit')).toBeUndefined()
  node.containers = []
  expect((await uninstallOn(node)).kept).toEqual([])
  expect(await node.disk()).toEqual(untouched)
})

describe('status', () => {
  test('of an untouched node', async () => {
    expect(await statusOf(await bareNode())).toEqual({ installed: null, interrupted: null, differences: [] })
  })

  test('of an unchanged node and of a changed one', async () => {
    const { node } = await installed()
    expect(await statusOf(node)).toMatchObject({
      installed: { bundle: { kubeedgeVersion: 'v1.22.0' }, edgekit: '0' },
      interrupted: null,
      differences: [],
    })
    await node.put('/etc/edgekit/broker.conf', 'mine')
    node.setUnit(units.broker, { active: 'failed', sub: 'failed', enabled: 'disabled' })
    node.images = []
    node.files.linkTarget = () => Promise.reject(new Error('EIO'))
    const { differences } = await statusOf(node)
    expect(differences).toEqual([
      { what: paths.programLink, how: 'could not be checked: EIO' },
      { what: reference, how: 'is gone from containerd' },
      { what: '/etc/edgekit/broker.conf', how: 'has been changed' },
      { what: units.broker, how: 'is disabled, expected enabled' },
      { what: units.broker, how: 'is failed (failed), expected active' },
    ])
  })

  test('of a node with an interrupted install', async () => {
    const node = await bareNode()
    await performUnfinished(node, desired)
    expect(await statusOf(node)).toMatchObject({ installed: null, interrupted: { command: 'install' } })
  })
})
