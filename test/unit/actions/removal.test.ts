import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Action } from '../../../src/actions/action.ts'
import { actions } from '../../../src/actions/index.ts'
import type { Owned, Removal } from '../../../src/actions/removal.ts'
import type { ContainerdImage } from '../../../src/node/containerd/containerd.ts'
import type { ContainerdContainer } from '../../../src/node/containerd/containerd-api.ts'
import { paths } from '../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from './tiny-node.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const root = { uid: 0, gid: 0 }

interface Case {
  kind: string
  spec: unknown
  before?: unknown
  after?: unknown
  ownership?: Owned['ownership']
  purge?: boolean
  containers?: ContainerdContainer[] | undefined
  neededNames?: string[]
}

const all: Record<string, Action<unknown>> = actions

function removalOf(kind: string): Removal<unknown, unknown> {
  const removal = all[kind]?.removal
  if (!removal) throw new Error(`${kind} leaves nothing to remove`)
  return removal
}

async function remove(node: TinyNode, item: Case) {
  const {
    kind,
    spec,
    before = null,
    after = null,
    ownership = 'created',
    purge = false,
    neededNames = [],
  } = item
  const containers = 'containers' in item ? item.containers : []
  const owned = { spec, ownership, before, after }
  const difference = await removalOf(kind).difference(owned, node)
  const kept = await removalOf(kind).remove(owned, { node, purge, containers, neededNames })
  // An uninstall that was killed is repeated.
  const disk = await node.disk()
  await removalOf(kind).remove(owned, { node, purge, containers, neededNames })
  expect(await node.disk()).toEqual(disk)
  return { difference, kept }
}

describe('a file', () => {
  const spec = { path: '/etc/x/file', sha256: sha256('ours'), ours: false, mode: 0o644, ...root }
  const node = async (text?: string, path = spec.path) => {
    const node = await tinyNode()
    await node.put('/etc/x/other', '')
    if (text !== undefined) await node.put(path, text)
    return node
  }

  test('is removed when unchanged', async () => {
    const there = await node('ours')
    expect(await remove(there, { kind: 'file', spec })).toEqual({ difference: undefined, kept: [] })
    expect(await there.files.status(spec.path)).toBeUndefined()
  })

  test('may already be gone, which is a difference', async () => {
    expect(await remove(await node(), { kind: 'file', spec })).toEqual({ difference: 'is gone', kept: [] })
  })

  test('is kept when changed', async () => {
    const there = await node('mine')
    const { difference, kept } = await remove(there, { kind: 'file', spec, purge: true })
    expect(difference).toBe('has been changed')
    expect(kept).toEqual([{ what: spec.path, why: 'changed since edgekit wrote it' }])
    expect(await there.files.read(spec.path)).toBe('mine')
  })

  test('with another mode is a difference, but removed', async () => {
    const there = await node('ours')
    await there.files.setAccess(spec.path, {
      mode: 0o600,
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
    })
    const { difference, kept } = await remove(there, { kind: 'file', spec })
    expect(difference).toContain('has mode 600')
    expect(kept).toEqual([])
  })

  test('in an own directory is removed in any state', async () => {
    const path = '/opt/edgekit/bin/clean-broker'
    const there = await node('damaged', path)
    const { kept } = await remove(there, { kind: 'file', spec: { ...spec, path, ours: true } })
    expect(kept).toEqual([])
    expect(await there.files.status(path)).toBeUndefined()
  })

  test.each([
    [false, 1, 'mine'],
    [true, 0, undefined],
  ])("of edgekit's configuration that was changed, purge %s", async (purge, count, left) => {
    const path = '/etc/edgekit/mosquitto/mosquitto.conf'
    const there = await node('mine', path)
    const { kept } = await remove(there, { kind: 'file', spec: { ...spec, path }, purge })
    expect(kept).toHaveLength(count)
    expect(await there.files.read(path)).toBe(left)
  })

  const replaced = async (text: string) => {
    const there = await node(text)
    await there.put('/backup', 'before')
    const before = { backup: '/backup', access: { mode: 0o600, ...root } }
    return { there, found: await remove(there, { kind: 'file', spec, ownership: 'modified', before }) }
  }

  test('that existed before is restored', async () => {
    const { there } = await replaced('ours')
    expect(await there.files.read(spec.path)).toBe('before')
    expect((await there.files.status(spec.path))?.mode).toBe(0o600)
  })

  test('that existed before and was changed stays, with the old one beside it', async () => {
    const { there, found } = await replaced('mine')
    const old = `${spec.path}.edgekit-old`
    expect(found.kept).toEqual([
      { what: spec.path, why: 'changed since edgekit wrote it' },
      { what: old, why: 'a version that edgekit replaced' },
    ])
    expect([await there.files.read(spec.path), await there.files.read(old)]).toEqual(['mine', 'before'])
    expect((await there.files.status(old))?.mode).toBe(0o600)
  })
})

describe('a file with users or certificates', () => {
  const spec = { path: '/etc/x/passwd', mode: 0o600, ...root }
  const why = 'broker users and certificates'
  test.each([
    [
      'is kept for a later purge, also when changed',
      0o600,
      false,
      undefined,
      [{ what: spec.path, why, purgeable: true }],
    ],
    ['is removed when purged', 0o600, true, undefined, []],
    [
      'with another mode is a difference',
      0o640,
      true,
      'has mode 640 and owner 0:0, expected mode 600 and owner 0:0',
      [],
    ],
  ])('%s', async (_, mode, purge, difference, kept) => {
    const node = await tinyNode()
    await node.put(spec.path, 'anna:x', mode)
    expect(await remove(node, { kind: 'access-file', spec, purge })).toEqual({ difference, kept })
    expect(await node.files.status(spec.path)).toEqual(purge ? undefined : expect.anything())
  })

  test('may already be gone, which is a difference', async () => {
    const node = await tinyNode()
    await node.put('/etc/x/other', '')
    expect(await remove(node, { kind: 'access-file', spec })).toEqual({ difference: 'is gone', kept: [] })
  })
})

describe('a key and its certificate', () => {
  const root = { uid: 0, gid: 0 }
  const spec = {
    key: { path: '/tls/server.key', mode: 0o600, ...root },
    certificate: { path: '/tls/server.crt', mode: 0o644, ...root },
  }
  const kept = [spec.certificate, spec.key].map(({ path }) => ({
    what: path,
    why: 'broker users and certificates',
    purgeable: true,
  }))
  const mode = (found: string, expected: string) =>
    `has mode ${found} and owner 0:0, expected mode ${expected} and owner 0:0`

  test.each([
    ['stay', 0o600, 0o644, false, undefined, kept],
    ['are removed when purged', 0o600, 0o644, true, undefined, []],
    ['differ by the key', 0o640, 0o644, true, mode('640', '600'), []],
    ['differ by the certificate', 0o600, 0o600, true, `its certificate ${mode('600', '644')}`, []],
  ])('%s', async (_, ofKey, ofCertificate, purge, difference, kept) => {
    const node = await tinyNode()
    await node.put(spec.key.path, 'key', ofKey)
    await node.put(spec.certificate.path, 'certificate', ofCertificate)
    expect(await remove(node, { kind: 'access-pair', spec, purge })).toEqual({ difference, kept })
    const left = Object.keys(await node.disk()).filter(path => path.startsWith('/tls/'))
    expect(left).toHaveLength(purge ? 0 : 2)
  })
})

describe('a link', () => {
  const spec = { path: '/usr/bin/x', target: '/opt/x' }

  test.each([
    ['/opt/x', undefined, 0, false],
    ['/opt/theirs', 'is no longer a link to /opt/x', 1, true],
    [undefined, 'is gone', 0, false],
  ])('to %s', async (target, difference, kept, left) => {
    const node = await tinyNode()
    await node.put('/usr/bin/other', '')
    if (target !== undefined) await node.files.link(spec.path, target)
    const found = await remove(node, { kind: 'link', spec })
    expect(found.difference).toBe(difference)
    expect(found.kept).toHaveLength(kept)
    expect((await node.files.status(spec.path)) !== undefined).toBe(left)
  })
})

describe('a directory', () => {
  const access = { mode: 0o755, ...root }
  const spec = { path: '/etc/edgekit/mosquitto', ours: true, ...access }
  const made = (...made: string[]) => ({ made, access: null })
  const nodeWith = async (...files: string[]) => {
    const node = await tinyNode()
    await node.put('/etc/other', '')
    for (const path of files) await node.put(path, 'x')
    return node
  }

  test('that is empty is removed with the empty parents created for it', async () => {
    const node = await nodeWith('/a/b/c/x')
    await node.files.remove('/a/b/c/x')
    const before = made('/a', '/a/b', '/a/b/c')
    await remove(node, { kind: 'directory', spec: { ...spec, path: '/a/b/c', ours: false }, before })
    expect(await node.files.status('/a')).toBeUndefined()
  })

  test.each([
    ['lists what others put in', {}, [{ what: '/a/b/x', why: 'not created by edgekit' }]],
    ["does not list what is EdgeCore's", { shared: true }, []],
  ])('that edgekit created for others %s, also with --purge', async (_, shared, listed) => {
    const node = await nodeWith('/a/b/x')
    const { kept } = await remove(node, {
      kind: 'directory',
      spec: { ...spec, path: '/a/b', ours: false, ...shared },
      before: made('/a/b'),
      purge: true,
    })
    expect(kept).toEqual(listed)
    expect(await node.files.read('/a/b/x')).toBe('x')
  })

  test('of edgekit with foreign files is kept unless purged', async () => {
    const node = await nodeWith('/etc/edgekit/mosquitto/passwords')
    const item = { kind: 'directory', spec, before: made(spec.path) }
    expect((await remove(node, item)).kept).toEqual([
      { what: '/etc/edgekit/mosquitto/passwords', why: 'not created by edgekit', purgeable: true },
    ])
    expect((await remove(node, { ...item, purge: true })).kept).toEqual([])
    expect(await node.files.status(spec.path)).toBeUndefined()
  })

  test.each([true, false])('with trusted keys is kept on purpose, purge %s', async purge => {
    const node = await nodeWith(`${paths.trustedKeys}/acme.pem`)
    if (purge) await node.put('/etc/edgekit/mosquitto/passwords', '')
    const item = { kind: 'directory', spec: { ...spec, path: '/etc/edgekit' }, before: made(), purge }
    expect((await remove(node, item)).kept).toEqual([
      { what: paths.trustedKeys, why: 'the keys that this node trusts' },
    ])
    expect(await node.files.list('/etc/edgekit')).toEqual(['trusted-keys'])
    expect(await node.files.status(`${paths.trustedKeys}/acme.pem`)).toBeDefined()
  })

  test('with broker data is kept on purpose unless purged', async () => {
    const node = await nodeWith(`${paths.brokerData}/mosquitto.db`)
    const item = { kind: 'directory', spec: { ...spec, path: paths.brokerData }, before: made() }
    expect((await remove(node, item)).kept).toMatchObject([{ what: paths.brokerData, purgeable: true }])
    expect((await remove(node, { ...item, purge: true })).kept).toEqual([])
    expect(await node.files.status(paths.brokerData)).toBeUndefined()
  })

  test('of a service loses only what was added, and only when purged', async () => {
    const node = await nodeWith('/var/lib/service/theirs', '/var/lib/service/new')
    const item = {
      kind: 'service-directory',
      spec: { path: '/var/lib/service' },
      before: { names: ['theirs'] },
    }
    expect((await remove(node, item)).kept).toMatchObject([{ what: '/var/lib/service', purgeable: true }])
    expect(await node.files.list('/var/lib/service')).toHaveLength(2)
    expect((await remove(node, { ...item, purge: true })).kept).toEqual([])
    expect(await node.files.list('/var/lib/service')).toEqual(['theirs'])
  })
})

describe('an image', () => {
  const spec = { reference: 'example.com/x:1', digest: 'sha256:a' }
  const image = (reference: string, changes: Partial<ContainerdImage> = {}): ContainerdImage => ({
    reference,
    digest: 'sha256:a',
    complete: true,
    unpacked: true,
    pinned: true,
    platforms: [],
    ...changes,
  })
  const names = ['example.com/x:1', 'example.com/x@sha256:a', 'sha256:c']
  const nodeWith = async (...images: ContainerdImage[]) => Object.assign(await tinyNode(), { images })
  const item = { kind: 'image', spec, before: { names: [], older: false } }

  test('loses all names edgekit gave it', async () => {
    const other = image('example.com/y:1', { digest: 'sha256:b' })
    const node = await nodeWith(...names.map(name => image(name)), other)
    expect(await remove(node, item)).toEqual({ difference: undefined, kept: [] })
    expect(node.images).toEqual([other])
  })

  test('keeps names given by others and names still needed', async () => {
    const named = (...all: string[]) => all.map(name => image(name))
    const given = await nodeWith(...named(...names, 'example.com/theirs:1'))
    expect((await remove(given, item)).kept).toEqual([])
    expect(given.images).toEqual(named('sha256:c', 'example.com/theirs:1'))
    const needed = await nodeWith(...named(...names, 'example.com/x:2'))
    await remove(needed, { ...item, neededNames: ['example.com/x:2', 'example.com/x@sha256:a'] })
    expect(needed.images).toEqual(named('example.com/x@sha256:a', 'sha256:c', 'example.com/x:2'))
  })

  test('that another container uses is kept and unpinned', async () => {
    const node = await nodeWith(...names.map(name => image(name)))
    const { kept } = await remove(node, {
      ...item,
      containers: [{ id: 'pod', image: 'example.com/x:1', snapshot: 'pod', labels: {} }],
    })
    expect(kept).toMatchObject([{ what: 'example.com/x:1', why: expect.stringContaining('pod') }])
    expect(node.images.map(({ pinned }) => pinned)).toEqual([false, false, true])
  })

  test('that existed before keeps its names and is unpinned', async () => {
    const node = await nodeWith(...names.map(name => image(name)))
    await remove(node, { ...item, before: { names: ['example.com/x:1'] }, ownership: 'modified' })
    // Labeling a removed image is an error.
    expect(node.calls.filter(call => call.startsWith('label'))).toEqual([
      'label example.com/x:1 io.cri-containerd.pinned=',
    ])
    expect(node.images).toEqual([image('example.com/x:1', { pinned: false })])
  })

  test('cannot be removed while containerd is down', async () => {
    const node = await nodeWith()
    node.containerd.answers = async () => false
    node.containerd.state = async () => 'silent'
    await expect(remove(node, { ...item, containers: undefined })).rejects.toThrow(
      'containerd does not answer',
    )
  })

  test('is gone with its containerd', async () => {
    const node = await nodeWith()
    node.containerd.answers = async () => false
    node.containerd.state = async () => 'absent'
    const { difference, kept } = await remove(node, { ...item, containers: undefined })
    expect(difference).toContain('containerd does not answer')
    expect(kept).toEqual([])
  })

  test.each([
    ['is gone from containerd', []],
    ['has digest sha256:b, expected sha256:a', [image('example.com/x:1', { digest: 'sha256:b' })]],
    ['is incomplete', [image('example.com/x:1', { unpacked: false })]],
    ['is not pinned', [image('example.com/x:1', { pinned: false })]],
  ])('%s', async (difference, images) => {
    expect((await remove(await nodeWith(...images), item)).difference).toBe(difference)
  })
})

describe('a unit', () => {
  const spec = { unit: 'x.service', mayFail: false }

  test.each([
    ['that edgekit started is stopped', { active: 'active' }, false, ['stop x.service']],
    ['that ran before goes on', { active: 'active' }, true, []],
    ['that is gone is left alone', { load: 'not-found', active: 'inactive' }, false, []],
  ])('%s', async (_, state, tried, calls) => {
    const node = await tinyNode()
    node.setUnit('x.service', state)
    await removalOf('unit-running').remove(
      { spec, ownership: 'created', before: { tried }, after: null },
      { node, purge: false, containers: [], neededNames: [] },
    )
    expect(node.calls).toEqual(calls)
  })

  test.each([
    ['that edgekit enabled is disabled', 'enabled', false, ['disable x.service']],
    ['that was enabled before stays so', 'enabled', true, []],
    ['that somebody has disabled stays so', 'disabled', false, []],
  ])('%s', async (_, now, enabled, calls) => {
    const node = await tinyNode()
    node.setUnit('x.service', { enabled: now })
    await remove(node, { kind: 'unit-enabled', spec, before: { enabled } })
    expect(node.calls).toEqual(calls)
  })

  test.each([
    ['unit-running', { active: 'active' }, undefined],
    ['unit-running', { active: 'failed', sub: 'failed' }, 'is failed (failed), expected active'],
    ['unit-running', { load: 'not-found' }, 'is gone'],
    ['unit-enabled', { enabled: 'enabled' }, undefined],
    ['unit-enabled', { enabled: 'disabled' }, 'is disabled, expected enabled'],
    ['unit-enabled', { enabled: '' }, 'is missing, expected enabled'],
  ])('%s, %o', async (kind, state, difference) => {
    const node = await tinyNode()
    node.setUnit('x.service', state)
    const owned = { spec, ownership: 'created', before: {}, after: null } as const
    expect(await removalOf(kind).difference(owned, node)).toBe(difference)
  })
})

describe('edgecore.yaml', () => {
  const spec = { path: '/etc/edgecore.yaml', values: { 'modules.eventBus.mqttMode': 2 }, initial: {} }
  const ours = 'modules:\n  eventBus:\n    mqttMode: 2\n'
  const theirs = 'modules:\n  eventBus:\n    mqttMode: 0 # theirs\n'
  const nodeWith = async (text: string) => {
    const node = await tinyNode()
    await node.put(spec.path, text)
    await node.put('/backup', theirs)
    return node
  }
  const before = { backup: '/backup', access: { mode: 0o600, ...root } }
  const item = { kind: 'edgecore-config', spec, after: { sha256: sha256(ours) } }

  test('that edgekit created is removed when unchanged', async () => {
    const node = await nodeWith(ours)
    expect(await remove(node, item)).toEqual({ difference: undefined, kept: [] })
    expect(await node.files.status(spec.path)).toBeUndefined()
  })

  test('that edgekit created is kept when changed, unless purged', async () => {
    const node = await nodeWith(`${ours}# mine\n`)
    expect((await remove(node, item)).kept).toMatchObject([{ what: spec.path }])
    expect((await remove(node, { ...item, purge: true })).kept).toEqual([])
    expect(await node.files.status(spec.path)).toBeUndefined()
  })

  test('that existed before is restored byte for byte', async () => {
    const node = await nodeWith(ours)
    await remove(node, { ...item, before, ownership: 'modified' })
    expect(await node.files.read(spec.path)).toBe(theirs)
  })

  test("that existed before and was changed: only edgekit's keys are restored", async () => {
    const node = await nodeWith(`${ours}# mine\n`)
    const { kept } = await remove(node, { ...item, before, ownership: 'modified' })
    expect(kept).toEqual([])
    expect(await node.files.read(spec.path)).toBe('modules:\n  eventBus:\n    mqttMode: 0\n# mine\n')
  })

  test('keeps and lists a key of edgekit that was changed', async () => {
    const node = await nodeWith(ours.replace('2', '1'))
    const { difference, kept } = await remove(node, { ...item, before, ownership: 'modified' })
    expect(difference).toBe('has other values: modules.eventBus.mqttMode is 1, expected 2')
    expect(kept).toMatchObject([{ what: 'modules.eventBus.mqttMode in /etc/edgecore.yaml' }])
    expect(await node.files.read(spec.path)).toBe(ours.replace('2', '1'))
  })
})
