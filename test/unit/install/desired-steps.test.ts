import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Manifest } from '../../../src/bundle/manifest.ts'
import { type DesiredStep, desiredSteps } from '../../../src/install/desired-steps.ts'
import { execution } from '../../../src/install/execute.ts'
import { makePlan } from '../../../src/install/plan.ts'
import { paths, units } from '../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../actions/tiny-node.ts'
import { bundleFiles } from './bundle.ts'

const directory = '/bundle'
const stepsOf = (manifest: Manifest, installed?: Manifest): DesiredStep[] =>
  desiredSteps({
    bundle: { directory, manifest, manifestSha256: 'f'.repeat(64) },
    installed,
    nodeName: 'edge-1',
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
      kind === 'file' ? [spec.source] : kind === 'edgecore-config' ? [spec.base] : [],
    )
    const members = used.map(path => path.slice(directory.length + 1)).toSorted()
    const expected = manifest.files.map(({ path }) => path).filter(path => !notInstalled.includes(path))
    expect(members).toEqual([...expected, 'bundle.json'].toSorted())
  })

  test('each goes into a directory that is made before, or that every machine has', () => {
    const everywhere = ['/usr/local/bin', '/etc/systemd/system', '/var/lib/edgekit']
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
    expect(() => stepsOf({ ...manifest, files })).toThrow('the bundle has no bin/keadm')
  })

  test('what the bundle before put there is known', () => {
    const previous = bundleFiles('0').manifest
    const spec = stepsOf(manifest, previous).find(({ id }) => id === paths.edgecore)?.spec
    expect(spec).toMatchObject({
      ours: false,
      sha256: manifest.files.find(({ path }) => path === 'bin/edgecore')?.sha256,
      previousSha256: previous.files.find(({ path }) => path === 'bin/edgecore')?.sha256,
    })
  })

  test.each([
    [paths.program, true],
    [paths.brokerConfig, true],
    [paths.installedManifest, true],
    [paths.edgecore, false],
    [paths.brokerUnit, false],
    [paths.edgecoreDropIn, false],
  ])('%s is a place of our own: %s', (path, ours) => {
    expect(steps.find(({ id }) => id === path)?.spec).toMatchObject({ ours })
  })
})

// Giving the broker's data to its user takes root.
describe.skipIf(process.getuid?.() !== 0)('on a node', () => {
  async function unpackOn(node: TinyNode, version: string): Promise<Manifest> {
    const { manifest, files } = bundleFiles(version)
    for (const [path, content] of files) await node.put(`${directory}/${path}`, content)
    for (const { reference, digest, archive } of manifest.images) {
      node.archives.set(archive.replace('images', paths.images), [
        { reference, digest, complete: true, unpacked: true, pinned: false },
      ])
    }
    return manifest
  }

  /** All but waiting for a broker, which only a real node has. */
  async function planFor(node: TinyNode, manifest: Manifest, installed?: Manifest) {
    const sha256 = await node.files.sha256(`${directory}/bundle.json`)
    const desired = desiredSteps({
      bundle: { directory, manifest, manifestSha256: sha256 },
      installed,
      nodeName: 'edge-1',
    })
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

  async function install(node: TinyNode, version: string, installed?: Manifest) {
    const manifest = await unpackOn(node, version)
    const disk = await node.disk()
    const { steps, foreign } = await planFor(node, manifest, installed)
    expect(foreign).toEqual([])
    const work = execution(steps, node)
    for (const step of work.steps) await step.run(() => {})
    return { manifest, disk, work, done: steps.map(({ id }) => id) }
  }

  test('after an install there is nothing left to do', async () => {
    const node = await bareNode()
    const { manifest, done } = await install(node, '1')
    expect(done).toEqual(ids.filter(id => id !== 'broker answers'))
    expect((await planFor(node, manifest, manifest)).steps).toEqual([])
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
    const { done, disk, work } = await install(node, '2', older)
    expect(done).toEqual([
      paths.program,
      `${paths.images}/eclipse-mosquitto-2.0.tar`,
      'docker.io/library/eclipse-mosquitto:2.0',
      ...['3.6', '3.8', '3.10'].flatMap(version => [
        `${paths.images}/pause-${version}.tar`,
        `registry.k8s.io/pause:${version}`,
      ]),
      units.broker,
      paths.edgecore,
      paths.keadm,
      units.edgecore,
      paths.installedManifest,
    ])
    expect(await work.rollBack()).toEqual([])
    expect(await node.disk()).toEqual(disk)
  })

  test('a program of somebody else is in the way', async () => {
    const node = await bareNode()
    await node.put(paths.edgecore, 'built by hand')
    const { foreign } = await planFor(node, await unpackOn(node, '1'))
    expect(foreign.map(({ id }) => id)).toEqual([paths.edgecore])
  })
})
