import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Manifest } from '../../../../src/bundle/manifest.ts'
import { edgecoreBase } from '../../../../src/bundle/payload.ts'
import { readEdgecoreConfig } from '../../../../src/edgecore/config/config.ts'
import { type DesiredNode, desiredSteps } from '../../../../src/install/desired/desired-steps.ts'
import { deviceServiceSteps } from '../../../../src/install/desired/device-service.ts'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { makePlan } from '../../../../src/install/plan/plan.ts'
import { readReceipt } from '../../../../src/install/record/receipt.ts'
import { isSameSpec } from '../../../../src/install/record/spec.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import { paths, units } from '../../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'
import { bundleFiles } from '../bundle.ts'
import { perform, performUnfinished, rollBackOn } from '../engine.ts'

const directory = '/bundle'
const edgecore: DesiredNode['edgecore'] = {
  adopted: false,
  config: paths.edgecoreConfig,
  base: 'modules: {}\n',
  current: readEdgecoreConfig(''),
  nodeName: 'edge-1',
  containerdSocket: '/run/containerd/containerd.sock',
  cgroupDriver: undefined,
  quic: false,
  login: { values: {}, secrets: {} },
}
const settings: DesiredNode['settings'] = { set: {}, edgecore: true, stage: false, adopt: false }
const bundled = {
  config: { id: 'x', kind: 'daemon-reload' as const, spec: { units: [] } },
  files: [],
  trial: [],
  proof: [],
  edgecore: { values: {}, secrets: {} },
}
const stepsOf = (manifest: Manifest, changes: Partial<DesiredNode> = {}): DesiredStep[] =>
  desiredSteps({
    bundle: { directory, manifest, manifestSha256: 'f'.repeat(64) },
    settings,
    edgecore,
    access: bundled,
    devices: undefined,
    newUnits: [],
    runtime: undefined,
    ...changes,
  })

const { manifest } = bundleFiles()
const steps = stepsOf(manifest)
const ids = steps.map(({ id }) => id)
/** Position of a step in the list. */
const indexOf = (id: string): number => {
  expect(ids).toContain(id)
  return ids.indexOf(id)
}

test('the device service is kept, starts at boot, and is restarted with a new edgekit', () => {
  const configured = [{ id: 'settings', kind: 'daemon-reload' as const, spec: { units: [] } }]
  const kept = stepsOf(manifest, { devices: deviceServiceSteps(configured) })
  const running = kept.find(({ id }) => id === units.devices)
  expect(running?.because).toEqual([paths.program, paths.devicesUnit, 'settings'])
  const added = kept.map(({ id }) => id).filter(id => !ids.includes(id))
  expect(added).toEqual([
    paths.devicesUnit,
    'settings',
    'data of devices',
    `reload for ${units.devices}`,
    units.devices,
    `enable ${units.devices}`,
  ])
})

test('no two steps have the same id', () => {
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

test('a step depends only on earlier steps', () => {
  const unknown = steps.flatMap(({ because = [] }, index) =>
    because.filter(id => !ids.slice(0, index).includes(id)),
  )
  expect(unknown).toEqual([])
})

test('the broker answers before EdgeCore is touched', () => {
  const first = ids.findIndex(id => /edgecore|keadm|kubeedge/.test(id))
  expect(first).toBeGreaterThan(indexOf('broker answers'))
})

test.each([
  ['the image', manifest.broker.image, units.broker],
  ['the program the unit uses', paths.program, units.broker],
  ['the configuration', paths.brokerConfig, units.broker],
  ['starting it', units.broker, `enable ${units.broker}`],
  ['starting it', units.edgecore, `enable ${units.edgecore}`],
  ['enabling it', `enable ${units.edgecore}`, 'reload for the next boot'],
  ['loading the unit', `reload for ${units.broker}`, units.broker],
  ['loading its unit', `reload for ${units.edgecore}`, units.edgecore],
  ['the drop-in', paths.edgecoreDropIn, `reload for ${units.edgecore}`],
  ['starting EdgeCore', units.edgecore, paths.installedManifest],
])('%s comes first', (_, before, after) => {
  expect(indexOf(before)).toBeLessThan(indexOf(after))
})

test('a unit systemd does not know is loaded by its start', () => {
  const steps = stepsOf(manifest, { newUnits: [units.edgecore] })
  expect(steps.filter(({ kind }) => kind === 'daemon-reload').map(({ id }) => id)).toEqual([
    `reload for ${units.broker}`,
    'reload for the next boot',
  ])
  const started = (steps: DesiredStep[]) =>
    steps.flatMap(({ kind, spec }) => (kind === 'unit-running' ? [spec] : []))
  expect(started(steps)).toEqual([
    { unit: units.broker, mayFail: false },
    { unit: units.edgecore, mayFail: true, isNew: true },
  ])
  // An install interrupted there finds what it has begun itself.
  expect(isSameSpec(started(steps)[1], started(stepsOf(manifest))[1])).toBe(true)
})

test('records the bundle as installed last', () => {
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
])('a change of %s (%s) restarts %s', (_, reason, unit) => {
  expect(steps.find(({ id }) => id === unit)?.because).toContain(reason)
})

describe('files of the bundle', () => {
  /** Used only in the unpacked bundle; edgecore.yaml starts from the last one. */
  const notInstalled = [
    'edgekit',
    'meta/version.txt',
    'meta/edgekit.lock',
    'meta/licenses.txt',
    edgecoreBase.member,
  ]

  test('each is installed or known not to be', () => {
    const used = steps.flatMap(({ kind, spec }) =>
      kind === 'file' && typeof spec.source === 'string' ? [spec.source] : [],
    )
    const members = used.map(path => path.slice(directory.length + 1)).toSorted()
    const expected = manifest.files.map(({ path }) => path).filter(path => !notInstalled.includes(path))
    expect(members).toEqual([...expected, 'bundle.json'].toSorted())
  })

  test('each goes into a directory that was created before or exists everywhere', () => {
    // The last one holds the journal.
    const everywhere = ['/usr/local/bin', '/etc/systemd/system', paths.state]
    const homeless = steps.flatMap(({ kind, spec }, index) => {
      if (kind !== 'file' && kind !== 'link' && kind !== 'edgecore-config') return []
      const parent = dirname(spec.path)
      return everywhere.includes(parent) || ids.slice(0, index).includes(parent) ? [] : [spec.path]
    })
    expect(homeless).toEqual([])
  })

  test("none goes into the directories keadm deletes, except EdgeCore's own", () => {
    const theirs = steps.flatMap(({ spec }) =>
      'path' in spec && /^\/(etc|var\/lib)\/kubeedge\//.test(spec.path) ? [spec.path] : [],
    )
    expect(theirs).toEqual(['/etc/kubeedge/config', paths.edgecoreConfig])
  })

  test('refuses a bundle without one of them, and names it', () => {
    const files = manifest.files.filter(({ path }) => path !== 'bin/keadm')
    expect(() => stepsOf({ ...manifest, files })).toThrow(
      expect.objectContaining({
        message: 'cannot install this bundle: it has no bin/keadm',
        exitCode: exitCodes.refused,
      }),
    )
  })

  test.each([
    [paths.program, true],
    [paths.cleanBroker, true],
    [paths.prepareBroker, true],
    [paths.waitBroker, true],
    [paths.installedManifest, true],
    [paths.brokerConfig, false],
    [paths.edgecore, false],
    [paths.brokerUnit, false],
    [paths.edgecoreDropIn, false],
    ['/etc/edgekit', true],
    ['/opt/edgekit', true],
    [paths.brokerData, true],
    ['/etc/kubeedge/config', false],
    ['/etc/systemd/system/edgecore.service.d', false],
  ])('%s belongs to edgekit: %s', (path, ours) => {
    expect(steps.find(({ id }) => id === path)?.spec).toMatchObject({ ours })
  })
})

describe('a foreign EdgeCore', () => {
  const edgecoreConfig = '/srv/edgekit-lookalike/edgekit/edgecore.yaml'
  const adopting = stepsOf(manifest, { edgecore: { ...edgecore, adopted: true, config: edgecoreConfig } })

  test('keeps its program, keadm and unit; the other steps are the same', () => {
    const elsewhere: Record<string, string> = {
      [paths.edgecoreConfig]: edgecoreConfig,
      [dirname(paths.edgecoreConfig)]: dirname(edgecoreConfig),
    }
    const kept: string[] = [paths.edgecore, paths.keadm, paths.edgecoreUnit]
    const expected = ids.filter(id => !kept.includes(id)).map(id => elsewhere[id] ?? id)
    expect(adopting.map(({ id }) => id)).toEqual(expected)
  })

  test('has the configuration its unit reads patched in place', () => {
    expect(adopting.find(({ kind }) => kind === 'edgecore-config')?.spec).toMatchObject({
      path: edgecoreConfig,
    })
    expect(adopting.find(({ id }) => id === dirname(edgecoreConfig))?.spec).toMatchObject({ ours: false })
  })

  test('is restarted for that configuration', () => {
    expect(adopting.find(({ id }) => id === units.edgecore)?.because).toContain(edgecoreConfig)
  })
})

test('EdgeCore may fail to start, as on a node that has not joined; the broker may not', () => {
  expect(steps.find(({ id }) => id === units.edgecore)?.spec).toMatchObject({ mayFail: true })
  expect(steps.find(({ id }) => id === units.broker)?.spec).toMatchObject({ mayFail: false })
})

// Only root can give the broker's data to its user.
describe('on a node', () => {
  async function unpackOn(node: TinyNode, version: string): Promise<Manifest> {
    const { manifest, files } = bundleFiles(version)
    for (const [path, content] of files) await node.put(`${directory}/${path}`, content)
    for (const { reference, digest, archive } of manifest.images) {
      node.archives.set(files.get(archive) ?? '', [
        { reference, digest, complete: true, unpacked: true, pinned: false, platforms: [] },
      ])
    }
    return manifest
  }

  /** Without waiting for a broker, which only a real node has. */
  async function desiredOn(node: TinyNode, manifest: Manifest, changes: Partial<DesiredNode> = {}) {
    const sha256 = await node.files.sha256(`${directory}/bundle.json`)
    const bundle = { directory, manifest, manifestSha256: sha256 }
    return stepsOf(manifest, { bundle, ...changes }).filter(({ kind }) => kind !== 'broker-answers')
  }

  const foreignOn = async (node: TinyNode, manifest: Manifest) => {
    const past = { history: undefined, receipt: await readReceipt(node.files) }
    return (await makePlan(await desiredOn(node, manifest), past, node)).foreign.map(({ id }) => id)
  }

  async function bareNode(): Promise<TinyNode> {
    const node = await tinyNode()
    for (const path of ['/usr/local/bin', '/etc/systemd/system', '/var/lib'])
      await node.put(`${path}/other`, '')
    return node
  }

  async function install(node: TinyNode, version: string, changes: Partial<DesiredNode> = {}) {
    const manifest = await unpackOn(node, version)
    const desired = await desiredOn(node, manifest, changes)
    return { desired, manifest, done: await perform(node, desired) }
  }

  /** Killed just before the receipt. */
  async function begin(node: TinyNode, version: string, changes: Partial<DesiredNode> = {}) {
    const manifest = await unpackOn(node, version)
    const disk = await node.disk()
    const { history } = await performUnfinished(node, await desiredOn(node, manifest, changes))
    return { disk, done: history.changes.map(({ id }) => id) }
  }

  test('has nothing left to do after an install', async () => {
    const node = await bareNode()
    const { desired, done } = await install(node, '1')
    expect(done).toEqual(ids.filter(id => id !== 'broker answers'))
    expect(node.calls.filter(call => /^(restart|enable|reload)/.test(call))).toEqual([
      'reload',
      'restart mosquitto.service',
      'reload',
      'restart edgecore.service',
      'enable mosquitto.service',
      'enable edgecore.service',
      'reload',
    ])
    const disk = await node.disk()
    expect(await perform(node, desired)).toEqual([])
    expect(await node.disk()).toEqual(disk)
  })

  test('a rollback restores the disk byte for byte', async () => {
    const node = await bareNode()
    const { disk } = await begin(node, '1')
    expect(await rollBackOn(node)).toEqual([])
    expect(await node.disk()).toEqual(disk)
    expect(node.images).toEqual([])
  })

  const whatIsNew = [
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
  ]

  test('a newer bundle replaces what changed and restarts what uses it; a rollback restores the older one', async () => {
    const node = await bareNode()
    await install(node, '1')
    const { images } = node
    const { done, disk } = await begin(node, '2')
    expect(node.images).not.toEqual(images)
    expect(done).toEqual(whatIsNew)
    expect(await rollBackOn(node)).toEqual([])
    expect(await node.disk()).toEqual(disk)
    expect(node.images).toEqual(images)
  })

  test('a bundle can finish what another one began', async () => {
    const node = await bareNode()
    await begin(node, '1')
    const { done } = await install(node, '2')
    expect(done).toEqual(whatIsNew)
    const other = await bareNode()
    await install(other, '2')
    expect(await withoutReceipt(node)).toEqual(await withoutReceipt(other))
    expect(node.images).toEqual(other.images)
  })

  /** Without times. */
  async function withoutReceipt(node: TinyNode) {
    const { [paths.receipt]: _, ...disk } = await node.disk()
    return disk
  }

  test('a foreign program is in the way', async () => {
    const node = await bareNode()
    await node.put(paths.edgecore, 'built by hand')
    expect(await foreignOn(node, await unpackOn(node, '1'))).toEqual([paths.edgecore])
  })

  test('an edited broker configuration is in the way', async () => {
    const node = await bareNode()
    const { manifest } = await install(node, '1')
    await node.put(paths.brokerConfig, 'listener 1883 10.0.0.1\n')
    expect(await foreignOn(node, manifest)).toEqual([paths.brokerConfig])
  })

  test('a foreign image is in the way', async () => {
    const node = await bareNode()
    const manifest = await unpackOn(node, '1')
    const theirs = { reference: manifest.broker.image, digest: `sha256:${'0'.repeat(64)}` }
    node.images = [{ ...theirs, complete: true, unpacked: true, pinned: true, platforms: [] }]
    expect(await foreignOn(node, manifest)).toEqual([manifest.broker.image])
  })

  test('a foreign EdgeCore keeps its program and is restarted with its own configuration', async () => {
    const node = await bareNode()
    const edgecoreConfig = '/srv/edgecore/edgecore.yaml'
    await node.put(paths.edgecore, 'built by hand')
    await node.put(paths.edgecoreUnit, 'written by keadm')
    await node.put(edgecoreConfig, 'modules: {edged: {hostnameOverride: theirs}}\n', 0o600)
    const { disk } = await begin(node, '1', {
      edgecore: { ...edgecore, adopted: true, config: edgecoreConfig },
    })
    const now = await node.disk()
    for (const path of [paths.edgecore, paths.edgecoreUnit]) expect(now[path]).toBe(disk[path])
    expect(now[edgecoreConfig]).toContain('hostnameOverride: theirs')
    expect(now[edgecoreConfig]).toContain('mqttMode: 2')
    expect(now).not.toHaveProperty([paths.edgecoreConfig])
    expect(now).toHaveProperty([paths.edgecoreDropIn])
    expect(node.calls.slice(-5)).toEqual([
      'reload',
      'restart edgecore.service',
      'enable mosquitto.service',
      'enable edgecore.service',
      'reload',
    ])
    expect(await rollBackOn(node)).toEqual([])
    expect(await node.disk()).toEqual(disk)
  })

  test('an EdgeCore being restarted before it has joined needs no change', async () => {
    const node = await bareNode()
    const { desired } = await install(node, '1')
    node.setUnit(units.edgecore, { active: 'activating', sub: 'auto-restart' })
    expect(await perform(node, desired)).toEqual([])
    node.setUnit(units.broker, { active: 'activating', sub: 'auto-restart' })
    expect(await perform(node, desired)).toEqual([units.broker])
  })
})
