import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Inspection } from '../../../src/actions/action.ts'
import { image } from '../../../src/actions/image.ts'
import { actions } from '../../../src/actions/index.ts'
import { brokerAnswers } from '../../../src/actions/services/broker-answers.ts'
import { daemonReload } from '../../../src/actions/services/daemon-reload.ts'
import { unitEnabled } from '../../../src/actions/services/unit-enabled.ts'
import { unitRunning } from '../../../src/actions/services/unit-running.ts'
import { unitUnmasked } from '../../../src/actions/services/unit-unmasked.ts'
import type { ContainerdImage } from '../../../src/node/containerd/containerd.ts'
import { paths, units } from '../../../src/node/paths.ts'
import type { UnitState } from '../../../src/node/systemd.ts'
import { tinyBroker } from '../lab/edgecore/tiny-broker.ts'
import { type TinyNode, tinyNode } from './tiny-node.ts'

const unit = 'x.service'
const noBackUp = () => Promise.reject(new Error('there is no file to keep'))

test('every action is listed under its kind', () => {
  for (const [name, action] of Object.entries(actions)) expect(action.kind).toBe(name)
})

describe('unit-enabled', () => {
  test.each([
    ['enabled', 'done'],
    ['disabled', 'needed'],
    ['enabled-runtime', 'needed'],
    ['masked', 'needed'],
    ['', 'needed'],
  ])('a unit that is "%s" is %s', async (enabled, inspection) => {
    const node = await tinyNode()
    node.setUnit(unit, { enabled })
    expect(await unitEnabled.inspect({ unit }, node)).toBe(inspection)
  })

  test('is done when applied and restored by revert', async () => {
    const node = await tinyNode()
    const before = await unitEnabled.capture({ unit }, node, noBackUp)
    await unitEnabled.apply({ unit }, node)
    expect(await unitEnabled.inspect({ unit }, node)).toBe('done')
    await unitEnabled.revert({ unit }, before, node)
    expect(await unitEnabled.inspect({ unit }, node)).toBe('needed')
    expect(node.calls).toEqual([`enable ${unit}`, `disable ${unit}`])
  })

  test.each([
    ['not enabled', false],
    ['enabled, if a unit that was removed has left its link', true],
  ])('a new unit was %s', async (_, enabled) => {
    const node = await tinyNode()
    // An interrupted install may have enabled it.
    node.setUnit(unit, { enabled: 'enabled' })
    if (enabled) await node.put(`${paths.startedAtBoot}/${unit}`, '')
    expect(await unitEnabled.capture({ unit, isNew: true }, node, noBackUp)).toEqual({ enabled })
  })

  test.each([
    ['is linked', `/etc/systemd/system/${unit}`, 'done'],
    ['is linked by a systemd that prefers it short', `../${unit}`, 'done'],
    ['had been one of a package', `/usr/lib/systemd/system/${unit}`, 'needed'],
    ['is not linked', undefined, 'needed'],
  ])('a new unit that %s', async (_, target, inspection) => {
    const node = await tinyNode()
    await node.put(`${paths.startedAtBoot}/another.service`, '')
    if (target !== undefined) await node.files.link(`${paths.startedAtBoot}/${unit}`, target)
    expect(await unitEnabled.inspect({ unit, isNew: true }, node)).toBe(inspection)
  })

  test('reverting keeps a unit enabled that was enabled before', async () => {
    const node = await tinyNode()
    node.setUnit(unit, { enabled: 'enabled' })
    await unitEnabled.revert({ unit }, await unitEnabled.capture({ unit }, node, noBackUp), node)
    expect(node.calls).toEqual([])
  })
})

describe('unit-unmasked', () => {
  const mask = `/etc/systemd/system/${unit}`

  test('removes the links that mask a unit, and a rollback makes them again', async () => {
    const node = await tinyNode()
    await node.put('/run/systemd/system/another.service', '')
    await node.put('/etc/systemd/system/another.service', '')
    await node.files.link(mask, '/dev/null')
    await node.files.link(`/run/systemd/system/${unit}`, '/dev/null')
    expect(await unitUnmasked.inspect({ unit }, node)).toBe('needed')
    const masked = await node.disk()
    const before = await unitUnmasked.capture({ unit }, node, noBackUp)
    await unitUnmasked.apply({ unit }, node)
    expect(await unitUnmasked.inspect({ unit }, node)).toBe('done')
    expect(node.calls).toEqual(['reload'])
    for (const _ of ['once', 'twice']) await unitUnmasked.revert({ unit }, before, node)
    expect(await node.disk()).toEqual(masked)
  })

  test('leaves a unit that is a link to a file alone', async () => {
    const node = await tinyNode()
    await node.put('/etc/systemd/system/another.service', '')
    await node.files.link(mask, '/usr/lib/systemd/system/x.service')
    expect(await unitUnmasked.inspect({ unit }, node)).toBe('done')
  })
})

describe('unit-running', () => {
  test.each([
    [units.broker, [`stop ${units.broker}`, 'run sh']],
    [units.edgecore, [`stop ${units.edgecore}`]],
  ])('reverting %s leaves no container, even if its unit is stopped', async (unit, calls) => {
    const node = await tinyNode()
    node.setUnit(unit, {})
    await unitRunning.revert({ unit, mayFail: false }, { tried: false }, node)
    expect(node.calls).toEqual(calls)
  })

  test('reverting again without a unit only removes the broker container', async () => {
    const node = await tinyNode()
    await unitRunning.revert({ unit: units.broker, mayFail: false }, { tried: false }, node)
    expect(node.calls).toEqual(['run sh'])
  })

  test.each([
    ['does not answer', 'silent', '/etc/x', false],
    ['is stopped', 'absent', '/etc/x', false],
    ['is gone', 'absent', '', true],
    ['is gone, and systemd has not noticed', 'absent', '/etc/gone', true],
  ] as const)('the broker is not cleared away while containerd %s', async (_, state, fragmentPath, gone) => {
    const node = await tinyNode()
    await node.put('/etc/x', '')
    node.processes.attempt = async () => ({ exitCode: 1, stdout: '', stderr: '' })
    node.containerd.state = async () => state
    node.setUnit(units.containerd, { fragmentPath })
    const reverted = unitRunning.revert({ unit: units.broker, mayFail: false }, { tried: false }, node)
    if (gone) await expect(reverted).resolves.toBeUndefined()
    else await expect(reverted).rejects.toThrow('containerd does not answer')
  })

  const spec = { unit, mayFail: false }

  test.each([
    ['active', 'done', 'done'],
    ['activating', 'needed', 'done'],
    ['reloading', 'needed', 'done'],
    ['deactivating', 'needed', 'needed'],
    ['inactive', 'needed', 'needed'],
    ['failed', 'needed', 'needed'],
  ])('a unit that is %s is %s, or %s if it may fail', async (active, inspection, whereItMayFail) => {
    const node = await tinyNode()
    node.setUnit(unit, { active })
    expect(await unitRunning.inspect(spec, node)).toBe(inspection)
    expect(await unitRunning.inspect({ unit, mayFail: true }, node)).toBe(whereItMayFail)
  })

  describe.each([false, true])('may fail: %s', mayFail => {
    const spec = { unit, mayFail }

    test.each([
      ['was stopped is stopped', 'inactive', [`stop ${unit}`], []],
      ['had failed is stopped', 'failed', [`stop ${unit}`], []],
      ['ran is restarted only after everything is rolled back', 'active', [], [`restart ${unit}`]],
      ['was starting is restarted after everything is rolled back', 'activating', [], [`restart ${unit}`]],
    ])('reverting a unit that %s', async (_, active, reverted, resumed) => {
      const node = await tinyNode()
      node.setUnit(unit, { active })
      const before = await unitRunning.capture(spec, node, noBackUp)
      await unitRunning.apply(spec, node)
      expect(await unitRunning.inspect(spec, node)).toBe('done')
      expect(node.calls).toEqual([`restart ${unit}`])
      await unitRunning.revert(spec, before, node)
      expect(node.calls.slice(1)).toEqual(reverted)
      await unitRunning.restartAfterRollback?.(spec, before, node)
      expect(node.calls.slice(1)).toEqual([...reverted, ...resumed])
      const runs = resumed.length > 0
      expect((await node.systemd.unit(unit)).active).toBe(runs ? 'active' : 'inactive')
    })
  })

  const fragmentPath = `/etc/systemd/system/${unit}`
  const dropIn = `${fragmentPath}.d/10-edgekit.conf`
  const once = [`restart ${unit}`]
  const again = [...once, 'reload', ...once]

  test.each<[string, Partial<UnitState>, boolean, string[]]>([
    ['read with its drop-in', { fragmentPath, dropIns: [dropIn] }, true, once],
    ['read without its drop-in', { fragmentPath }, true, again],
    ['read from elsewhere', { fragmentPath: `/lib/systemd/system/${unit}` }, false, again],
    ['changed since', { fragmentPath, needsReload: true }, false, again],
  ])('a new unit was %s', async (_, state, hasDropIn, calls) => {
    const node = await tinyNode()
    node.setUnit(unit, state)
    if (hasDropIn) await node.put(dropIn, '[Service]')
    expect(await unitRunning.apply({ ...spec, isNew: true }, node)).toBe(calls === once ? 'done' : undefined)
    expect(node.calls).toEqual(calls)
  })

  test('reloads systemd for a new unit it did not find', async () => {
    const node = await tinyNode()
    node.setUnit(unit, { load: 'not-found' })
    const systemd = { ...node.systemd }
    node.systemd.restart = async name => {
      await systemd.restart(name)
      if ((await node.systemd.unit(name)).load === 'not-found') throw new Error(`Unit ${name} not found.`)
    }
    node.systemd.reload = async () => {
      await systemd.reload()
      node.setUnit(unit, { load: 'loaded', fragmentPath })
    }
    await unitRunning.apply({ ...spec, isNew: true }, node)
    expect(node.calls).toEqual(again)
  })

  test('does not retry a loaded new unit that fails to start', async () => {
    const node = await tinyNode()
    node.setUnit(unit, { fragmentPath, active: 'failed' })
    node.broken.set(`restart ${unit}`, 'systemctl restart: exit code 1')
    const applied = unitRunning.apply({ ...spec, isNew: true }, node)
    await expect(applied).rejects.toThrow('cannot start x.service: failed')
    expect(node.calls).toEqual(once)
  })

  test('a new unit was not running before', async () => {
    const node = await tinyNode()
    // An interrupted install may have started it.
    node.setUnit(unit, { active: 'active' })
    expect(await unitRunning.capture({ ...spec, isNew: true }, node, noBackUp)).toEqual({ tried: false })
  })

  test.each([false, true])(
    'shows state and log of a unit that does not start, may fail: %s',
    async mayFail => {
      const node = await tinyNode()
      node.setUnit(unit, { active: 'failed', sub: 'failed', result: 'exit-code' })
      node.broken.set(`restart ${unit}`, 'systemctl restart: exit code 1')
      await expect(unitRunning.apply({ unit, mayFail }, node)).rejects.toThrow(
        'cannot start x.service: failed (failed), result exit-code; the last lines of its log:\n' +
          '  Address already in use\n' +
          'systemctl restart: exit code 1',
      )
    },
  )
})

describe('daemon-reload', () => {
  const states = (...flags: boolean[]): [string, Partial<UnitState>][] =>
    flags.map((needsReload, index) => [`${index}.service`, { needsReload }])

  test.each([
    ['no unit has changed', states(false, false), 'done'],
    ['one unit has changed', states(false, true), 'needed'],
    ['a unit that is not ours has changed', [...states(false), ['y.service', { needsReload: true }]], 'done'],
  ] as const)('%s', async (_, units, inspection) => {
    const node = await tinyNode()
    for (const [name, state] of units) node.setUnit(name, state)
    expect(await daemonReload.inspect({ units: ['0.service', '1.service'] }, node)).toBe(inspection)
  })

  test('is done when applied; reverting does nothing', async () => {
    const node = await tinyNode()
    node.setUnit(unit, { needsReload: true })
    await daemonReload.apply({ units: [unit] }, node)
    expect(await daemonReload.inspect({ units: [unit] }, node)).toBe('done')
    await daemonReload.revert({ units: [unit] }, null, node)
    expect(node.calls).toEqual(['reload'])
  })
})

describe('image', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const spec = {
    reference: 'registry.example:5000/team/broker:2.0',
    digest,
    platform: 'linux/amd64',
    archive: '/images/broker.tar',
  }
  const olderDigest = `sha256:${'d'.repeat(64)}`
  const named = (reference: string, changes: Partial<ContainerdImage> = {}): ContainerdImage => ({
    reference,
    digest,
    complete: true,
    unpacked: true,
    pinned: false,
    platforms: ['linux/amd64'],
    ...changes,
  })
  const byDigest = `registry.example:5000/team/broker@${digest}`
  const names = [spec.reference, byDigest, `sha256:${'c'.repeat(64)}`]
  const unrelated = named('registry.example:5000/team/other:2.0', { digest: `sha256:${'b'.repeat(64)}` })

  async function nodeWith(...images: ContainerdImage[]): Promise<TinyNode> {
    const node = await tinyNode()
    node.images = [unrelated, ...images]
    await node.put(spec.archive, 'the archive')
    node.archives.set(
      'the archive',
      names.map(name => named(name)),
    )
    return node
  }

  test.each([
    ['there', named(spec.reference, { pinned: true }), 'done'],
    ['not there', unrelated, 'needed'],
    ['there under another tag', named('registry.example:5000/team/broker:2.1', { pinned: true }), 'needed'],
    [
      'a foreign image of that name',
      named(spec.reference, { digest: unrelated.digest, pinned: true }),
      'foreign',
    ],
    ['incomplete', named(spec.reference, { pinned: true, complete: false }), 'needed'],
    ['not unpacked', named(spec.reference, { pinned: true, unpacked: false }), 'needed'],
    ['not pinned', named(spec.reference), 'needed'],
  ])('%s', async (_, image_, inspection) => {
    expect(await image.inspect(spec, await nodeWith(image_))).toBe(inspection)
  })

  test('imports for its platform and pins both names, once or twice', async () => {
    const node = await nodeWith()
    await image.apply(spec, node)
    expect(node.calls).toEqual([
      'import /images/broker.tar linux/amd64',
      `label ${spec.reference} io.cri-containerd.pinned=pinned`,
      `label ${byDigest} io.cri-containerd.pinned=pinned`,
    ])
    expect(await image.inspect(spec, node)).toBe('done')
    const once = node.images
    await image.apply(spec, node)
    expect(node.images).toEqual(once)
  })

  test.each([
    ['removes all names it brought', []],
    ['keeps names that existed before', [named(spec.reference)]],
  ])('reverting: %s', async (_, present) => {
    const node = await nodeWith(...present)
    const before = await image.capture(spec, node, noBackUp)
    await image.apply(spec, node)
    await image.revert(spec, before, node)
    expect(node.images.map(({ reference }) => reference)).toEqual([
      unrelated.reference,
      ...present.map(({ reference }) => reference),
    ])
  })

  test.each([
    ['reverted', async (node, before) => image.revert(spec, before, node)],
    ['repeated', async (node, before) => image.recapture?.(spec, before, node)],
  ] satisfies [string, (node: TinyNode, before: never) => Promise<unknown>][])(
    'removes only its own lease when an interrupted import is %s',
    async (_, goOn) => {
      const node = await nodeWith()
      const now = Date.now()
      const theirs = { id: 'theirs, from before', created: now }
      node.leases = [theirs]
      const before = await image.capture(spec, node, noBackUp)
      const later = { id: 'theirs, long after', created: now + 120_000 }
      node.leases.push({ id: 'ours', created: Math.floor(now / 1000) * 1000 }, later)
      await goOn(node, before as never)
      expect(node.leases).toEqual([theirs, later])
    },
  )

  test('removes the second lease of an import interrupted twice', async () => {
    const node = await nodeWith()
    const first = await image.capture(spec, node, noBackUp)
    const long = { ...first, leases: { ids: [], time: Date.now() - 600_000 } }
    const before = await image.recapture?.(spec, long, node)
    node.leases = [{ id: 'ours', created: Date.now() }]
    await image.revert(spec, before ?? first, node)
    expect(node.leases).toEqual([])
  })

  test('rollback imports the older image from its restored archive', async () => {
    const older = named(spec.reference, { digest: olderDigest, pinned: true })
    const olderByDigest = { ...older, reference: `registry.example:5000/team/broker@${olderDigest}` }
    const node = await nodeWith(older, olderByDigest)
    node.archives.set('the older archive', [{ ...older, pinned: false }])
    const before = await image.capture(spec, node, noBackUp)
    await image.apply(spec, node)
    expect(await image.inspect(spec, node)).toBe('done')
    await image.revert(spec, before, node)
    expect(node.images).toEqual([unrelated, olderByDigest])
    await node.put(spec.archive, 'the older archive')
    node.calls.length = 0
    await image.restartAfterRollback?.(spec, before, node)
    expect(node.calls).toEqual([
      'import /images/broker.tar linux/amd64',
      `label ${spec.reference} io.cri-containerd.pinned=pinned`,
    ])
    expect(node.images).toEqual([unrelated, olderByDigest, older])
  })

  test.each([
    ['there was none', []],
    ['it existed unpinned', [named(spec.reference)]],
  ])('rollback imports nothing when %s', async (_, present) => {
    const node = await nodeWith(...present)
    const before = await image.capture(spec, node, noBackUp)
    await image.apply(spec, node)
    await image.revert(spec, before, node)
    node.calls.length = 0
    await image.restartAfterRollback?.(spec, before, node)
    expect(node.calls).toEqual([])
  })
})

describe('broker-answers', () => {
  const host = '127.0.0.1'

  /** A port that accepts connections and never answers. */
  async function mutePort(): Promise<number> {
    const server = createServer(() => undefined).listen(0, host)
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  async function brokerPort(answer: Parameters<typeof tinyBroker>[0]): Promise<number> {
    const broker = await tinyBroker(answer)
    onTestFinished(() => broker.close())
    return broker.port
  }

  const brokers: [what: string, inspection: Inspection, open: () => Promise<number>][] = [
    ['accepts', 'done', () => brokerPort(0)],
    ['requires a password', 'done', () => brokerPort(5)],
    ['closes the connection', 'needed', () => brokerPort('close')],
    ['is frozen', 'needed', mutePort],
    ['accepts, then is silent', 'done', () => brokerPort('mute')],
    ['is not running', 'needed', async () => 1],
  ]
  test.each(brokers)('a broker that %s is %s', async (_, inspection, open) => {
    const node = await tinyNode()
    const spec = { host, port: await open(), timeoutMs: 300 }
    expect(await brokerAnswers.inspect(spec, node)).toBe(inspection)
    const applied = brokerAnswers.apply(spec, node)
    if (inspection === 'done') await expect(applied).resolves.toBeUndefined()
    else await expect(applied).rejects.toThrow()
  })

  test('waits for a broker that starts late', async () => {
    const node = await tinyNode()
    const free = await tinyBroker()
    await free.close()
    const spec = { host, port: free.port, timeoutMs: 20_000 }
    const applied = brokerAnswers.apply(spec, node)
    const broker = await tinyBroker(0, free.port)
    onTestFinished(() => broker.close())
    await expect(applied).resolves.toBeUndefined()
  })
})
