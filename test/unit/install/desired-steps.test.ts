import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Manifest } from '../../../src/bundle/manifest.ts'
import { exitCodes } from '../../../src/errors.ts'
import { type DesiredNode, desiredSteps } from '../../../src/install/desired-steps.ts'
import { execution } from '../../../src/install/execute.ts'
import { makePlan } from '../../../src/install/plan.ts'
import type { DesiredStep } from '../../../src/install/step-makers.ts'
import { paths, units } from '../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../actions/tiny-node.ts'
import { bundleFiles } from './bundle.ts'

const directory = '/bundle'
const stepsOf = (manifest: Manifest, changes: Partial<DesiredNode> = {}): DesiredStep[] =>
  desiredSteps({
    bundle: { directory, manifest, manifestSha256: 'f'.repeat(64) },
    adopted: false,
    edgecoreConfig: paths.edgecoreConfig,
    installed: undefined,
    nodeName: 'edge-1',
    containerdSocket: '/run/containerd/containerd.sock',
    runtime: undefined,
    ...changes,
  })

const { manifest } = bundleFiles()
const steps = stepsOf(manifest)
const ids = steps.map(({ id }) => id)
/** Where in the list something is done. */
const indexOf = (id: string): number => {
  expect(ids).toContain(id)
  return ids.indexOf(id)
}

test('no two steps have the same id', () => {
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

test('a step is only done because of steps before it', () => {
  const unknown = steps.flatMap(({ because = [] }, index) =>
    because.filter(id => !ids.slice(0, index).includes(id)),
  )
  expect(unknown).toEqual([])
})

test('the broker answers before anything of EdgeCore is touched', () => {
  const first = ids.findIndex(id => /edgecore|keadm|kubeedge/.test(id))
  expect(first).toBeGreaterThan(indexOf('broker answers'))
})

test.each([
  ['the image is there', manifest.broker.image, units.broker],
  ['the program that the unit uses is there', paths.program, units.broker],
  ['the configuration is there', paths.brokerConfig, units.broker],
  ['systemd has read the unit', `reload for ${units.broker}`, `enable ${units.broker}`],
  ['systemd has read its unit', `reload for ${units.edgecore}`, units.edgecore],
  ['the drop-in is there', paths.edgecoreDropIn, `reload for ${units.edgecore}`],
  ['EdgeCore runs', units.edgecore, paths.installedManifest],
])('%s first', (_, before, after) => {
  expect(indexOf(before)).toBeLessThan(indexOf(after))
})

test('the bundle counts as installed only at the end', () => {
  expect(ids.at(-1)).toBe(paths.installedManifest)
})

test.each([
  ['its unit', paths.brokerUnit, units.broker],
  ['its configuration', paths.brokerConfig, units.broker],
  ['its image', manifest.broker.image, units.broker],
  ['its program', paths.edgecore, units.edgecore],
  ['its configuration', paths.edgecoreConfig, units.edgecore],
  ['its unit', paths.edgecoreUnit, units.edgecore],
  ['its drop-in', paths.edgecoreDropIn, units.edgecore],
])('%s, %s, is a reason to restart %s', (_, reason, unit) => {
  expect(steps.find(({ id }) => id === unit)?.because).toContain(reason)
})

describe('files of the bundle', () => {
  /** They are for the unpacked bundle: the way in, and what a person reads. */
  const notInstalled = ['edgekit', 'meta/version.txt', 'meta/edgekit.lock']

  test('each is put somewhere, or known not to be', () => {
    const used = steps.flatMap(({ kind, spec }) =>
      kind === 'file' && typeof spec.source === 'string'
        ? [spec.source]
        : kind === 'edgecore-config'
          ? [spec.base]
          : [],
    )
    const members = used.map(path => path.slice(directory.length + 1)).toSorted()
    const expected = manifest.files.map(({ path }) => path).filter(path => !notInstalled.includes(path))
    expect(members).toEqual([...expected, 'bundle.json'].toSorted())
  })

  test('each goes into a directory that is made before, or that every machine has', () => {
    const everywhere = ['/usr/local/bin', '/etc/systemd/system']
    const homeless = steps.flatMap(({ kind, spec }, index) => {
      if (kind !== 'file' && kind !== 'link' && kind !== 'edgecore-config') return []
      const parent = dirname(spec.path)
      return everywhere.includes(parent) || ids.slice(0, index).includes(parent) ? [] : [spec.path]
    })
    expect(homeless).toEqual([])
  })

  test('none goes into the trees that keadm deletes, but what is EdgeCore’s own', () => {
    const theirs = steps.flatMap(({ spec }) =>
      'path' in spec && /^\/(etc|var\/lib)\/kubeedge\//.test(spec.path) ? [spec.path] : [],
    )
    expect(theirs).toEqual(['/etc/kubeedge/config', paths.edgecoreConfig])
  })

  test('a bundle without one of them is refused, by its name', () => {
    const files = manifest.files.filter(({ path }) => path !== 'bin/keadm')
    expect(() => stepsOf({ ...manifest, files })).toThrow(
      expect.objectContaining({
        message: 'the bundle has no bin/keadm, which a node needs',
        exitCode: exitCodes.refused,
      }),
    )
  })

  test('what the bundle before put there is known', () => {
    const previous = bundleFiles('0').manifest
    const spec = stepsOf(manifest, { installed: previous }).find(({ id }) => id === paths.edgecore)?.spec
    expect(spec).toMatchObject({
      ours: false,
      sha256: manifest.files.find(({ path }) => path === 'bin/edgecore')?.sha256,
      previousSha256: previous.files.find(({ path }) => path === 'bin/edgecore')?.sha256,
    })
  })

  test.each([
    [paths.program, true],
    [paths.cleanBroker, true],
    [paths.installedManifest, true],
    [paths.brokerConfig, false],
    [paths.edgecore, false],
    [paths.brokerUnit, false],
    [paths.edgecoreDropIn, false],
    ['/etc/edgekit', true],
    ['/opt/edgekit', true],
    ['/var/lib/edgekit', true],
    [paths.brokerData, true],
    ['/etc/kubeedge/config', false],
    ['/etc/systemd/system/edgecore.service.d', false],
  ])('%s is a place of our own: %s', (path, ours) => {
    expect(steps.find(({ id }) => id === path)?.spec).toMatchObject({ ours })
  })
})

describe('an EdgeCore that somebody else set up', () => {
  const edgecoreConfig = '/srv/edgekit-lookalike/edgekit/edgecore.yaml'
  const adopting = stepsOf(manifest, { adopted: true, edgecoreConfig })

  test('keeps its program, keadm and its unit, and all else is done in the same order', () => {
    const elsewhere: Record<string, string> = {
      [paths.edgecoreConfig]: edgecoreConfig,
      [dirname(paths.edgecoreConfig)]: dirname(edgecoreConfig),
    }
    const kept: string[] = [paths.edgecore, paths.keadm, paths.edgecoreUnit]
    const expected = ids.filter(id => !kept.includes(id)).map(id => elsewhere[id] ?? id)
    expect(adopting.map(({ id }) => id)).toEqual(expected)
  })

  test('has its configuration patched where its unit reads it, in a directory that is not ours', () => {
    expect(adopting.find(({ kind }) => kind === 'edgecore-config')?.spec).toMatchObject({
      path: edgecoreConfig,
    })
    expect(adopting.find(({ id }) => id === dirname(edgecoreConfig))?.spec).toMatchObject({ ours: false })
  })

  test('is restarted because of that configuration', () => {
    expect(adopting.find(({ id }) => id === units.edgecore)?.because).toContain(edgecoreConfig)
  })
})

test('EdgeCore may fail, as a node that has not joined does; the broker may not', () => {
  expect(steps.find(({ id }) => id === units.edgecore)?.spec).toMatchObject({ mayFail: true })
  expect(steps.find(({ id }) => id === units.broker)?.spec).toMatchObject({ mayFail: false })
})

test('the digest that edgekit imported before is known, and only of the same image', () => {
  const previous = bundleFiles('0').manifest
  const [image] = previous.images
  const specOf = (installed?: Manifest) =>
    stepsOf(manifest, { installed }).find(({ id }) => id === manifest.broker.image)?.spec
  expect(specOf(previous)).toMatchObject({ previousDigest: image?.digest })
  expect(specOf()).toMatchObject({ previousDigest: undefined })
  const renamed = previous.images.map(image => ({ ...image, reference: 'docker.io/library/other:1' }))
  expect(specOf({ ...previous, images: renamed })).toMatchObject({ previousDigest: undefined })
})

// Giving the broker's data to its user takes root.
describe('on a node', () => {
  async function unpackOn(node: TinyNode, version: string): Promise<Manifest> {
    const { manifest, files } = bundleFiles(version)
    for (const [path, content] of files) await node.put(`${directory}/${path}`, content)
    for (const { reference, digest, archive } of manifest.images) {
      node.archives.set(files.get(archive) ?? '', [
        { reference, digest, complete: true, unpacked: true, pinned: false },
      ])
    }
    return manifest
  }

  /** All but waiting for a broker, which only a real node has. */
  async function planFor(node: TinyNode, manifest: Manifest, changes: Partial<DesiredNode> = {}) {
    const sha256 = await node.files.sha256(`${directory}/bundle.json`)
    const bundle = { directory, manifest, manifestSha256: sha256 }
    const desired = stepsOf(manifest, { bundle, ...changes })
    return makePlan(
      desired.filter(({ kind }) => kind !== 'broker-answers'),
      node,
    )
  }

  async function bareNode(): Promise<TinyNode> {
    const node = await tinyNode()
    for (const path of ['/usr/local/bin', '/etc/systemd/system']) await node.put(`${path}/other`, '')
    return node
  }

  async function install(node: TinyNode, version: string, changes: Partial<DesiredNode> = {}) {
    const manifest = await unpackOn(node, version)
    const disk = await node.disk()
    const { steps, foreign } = await planFor(node, manifest, changes)
    expect(foreign).toEqual([])
    const work = execution(steps, node, new AbortController().signal)
    for (const step of work.steps) await step.run(() => {})
    return { manifest, disk, work, done: steps.map(({ id }) => id) }
  }

  test('after an install there is nothing left to do', async () => {
    const node = await bareNode()
    const { manifest, done } = await install(node, '1')
    expect(done).toEqual(ids.filter(id => id !== 'broker answers'))
    expect((await planFor(node, manifest, { installed: manifest })).steps).toEqual([])
    expect(node.calls.filter(call => /^(restart|enable|reload)/.test(call))).toEqual([
      'reload',
      'enable mosquitto.service',
      'restart mosquitto.service',
      'reload',
      'enable edgecore.service',
      'restart edgecore.service',
    ])
  })

  test('rolled back, the disk is as before, byte for byte', async () => {
    const node = await bareNode()
    const { disk, work } = await install(node, '1')
    expect(await work.rollBack()).toEqual([])
    expect(await node.disk()).toEqual(disk)
    expect(node.images).toEqual([])
  })

  test('a newer bundle replaces what is new and restarts what uses it; rolled back, the older one is back', async () => {
    const node = await bareNode()
    const { manifest: older } = await install(node, '1')
    const { images } = node
    const { done, disk, work } = await install(node, '2', { installed: older })
    expect(node.images).not.toEqual(images)
    expect(done).toEqual([
      paths.program,
      `${paths.images}/eclipse-mosquitto-2.0.tar`,
      'docker.io/library/eclipse-mosquitto:2.0',
      ...['3.6', '3.8', '3.10'].flatMap(version => [
        `${paths.images}/pause-${version}.tar`,
        `registry.k8s.io/pause:${version}`,
      ]),
      // It names the digest.
      paths.brokerUnit,
      `reload for ${units.broker}`,
      units.broker,
      paths.edgecore,
      paths.keadm,
      units.edgecore,
      paths.installedManifest,
    ])
    expect(await work.rollBack()).toEqual([])
    expect(await node.disk()).toEqual(disk)
    expect(node.images).toEqual(images)
  })

  test('a program of somebody else is in the way', async () => {
    const node = await bareNode()
    await node.put(paths.edgecore, 'built by hand')
    const { foreign } = await planFor(node, await unpackOn(node, '1'))
    expect(foreign.map(({ id }) => id)).toEqual([paths.edgecore])
  })

  test("a broker's configuration that was changed by hand is in the way", async () => {
    const node = await bareNode()
    const { manifest } = await install(node, '1')
    await node.put(paths.brokerConfig, 'listener 1883 10.0.0.1\n')
    const { foreign } = await planFor(node, manifest, { installed: manifest })
    expect(foreign.map(({ id }) => id)).toEqual([paths.brokerConfig])
  })

  test('an image of somebody else is in the way', async () => {
    const node = await bareNode()
    const manifest = await unpackOn(node, '1')
    const theirs = { reference: manifest.broker.image, digest: `sha256:${'0'.repeat(64)}` }
    node.images = [{ ...theirs, complete: true, unpacked: true, pinned: true }]
    const { foreign } = await planFor(node, manifest)
    expect(foreign.map(({ id }) => id)).toEqual([manifest.broker.image])
  })

  test('an EdgeCore of somebody else keeps its program, and is restarted with its own configuration', async () => {
    const node = await bareNode()
    const edgecoreConfig = '/srv/edgecore/edgecore.yaml'
    await node.put(paths.edgecore, 'built by hand')
    await node.put(paths.edgecoreUnit, 'written by keadm')
    await node.put(edgecoreConfig, 'modules: {edged: {hostnameOverride: theirs}}\n', 0o600)
    const changes = { adopted: true, edgecoreConfig }
    const { manifest, disk, work } = await install(node, '1', changes)
    const now = await node.disk()
    for (const path of [paths.edgecore, paths.edgecoreUnit]) expect(now[path]).toBe(disk[path])
    expect(now[edgecoreConfig]).toContain('hostnameOverride: theirs')
    expect(now[edgecoreConfig]).toContain('mqttMode: 2')
    expect(now).not.toHaveProperty([paths.edgecoreConfig])
    expect(now).toHaveProperty([paths.edgecoreDropIn])
    expect(node.calls.slice(-2)).toEqual(['enable edgecore.service', 'restart edgecore.service'])
    expect((await planFor(node, manifest, { ...changes, installed: manifest })).steps).toEqual([])
    expect(await work.rollBack()).toEqual([])
    expect(await node.disk()).toEqual(disk)
  })

  test('an EdgeCore that has not joined yet, and is tried again and again, is no reason to do anything', async () => {
    const node = await bareNode()
    const { manifest } = await install(node, '1')
    node.setUnit(units.edgecore, { active: 'activating', sub: 'auto-restart' })
    expect((await planFor(node, manifest, { installed: manifest })).steps).toEqual([])
    node.setUnit(units.broker, { active: 'activating', sub: 'auto-restart' })
    const { steps } = await planFor(node, manifest, { installed: manifest })
    expect(steps.map(({ id }) => id)).toEqual([units.broker])
  })
})
