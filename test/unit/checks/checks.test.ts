import { describe, expect, test } from 'vitest'
import type { CheckResult } from '../../../src/checks/check.ts'
import { checks, checksFor } from '../../../src/checks/index.ts'
import { runChecks } from '../../../src/checks/run.ts'
import { readEdgecoreConfig } from '../../../src/edgecore/config.ts'
import type { Facts } from '../../../src/facts/index.ts'
import { cloudMachine, healthy, manifest, unit } from './healthy.ts'

type Healthy = ReturnType<typeof healthy>

const statusOf = (id: string, facts: Facts): CheckResult['status'] | undefined =>
  runChecks(checks, facts).find(result => result.id === id)?.status

test('every check passes on a healthy node', () => {
  const results = runChecks(checks, healthy())
  expect(results.filter(({ status }) => status !== 'pass')).toEqual([])
})

test('on a cloud machine the broker and EdgeCore are not looked for, and nothing is blocked by that', () => {
  const results = runChecks(checks, cloudMachine())
  expect(results.filter(({ status }) => status !== 'skip').map(({ id, status }) => [id, status])).toEqual([
    ['running-as-root', 'pass'],
    ['architecture', 'pass'],
    ['containerd-answers', 'pass'],
    ['bundle-images', 'pass'],
  ])
  expect(results.filter(({ blockedBy }) => blockedBy)).toEqual([])
})

const pause = {
  ...manifest.images[0],
  reference: 'registry.k8s.io/pause:3.10',
} as (typeof manifest.images)[0]
const withPause = { ...manifest, images: [...manifest.images, pause] }
const k3s = '/run/k3s/containerd/containerd.sock'
const image = (node: Healthy) => node.containerd.value.images[0]
const stranger = { pid: 7, program: 'nc', controlGroup: '/system.slice/other.service' }

const table: [id: string, status: CheckResult['status'], what: string, breakIt: (node: Healthy) => void][] = [
  ['running-as-root', 'error', 'an ordinary user', node => (node.machine.value.isRoot = false)],
  ['architecture', 'fail', 'another architecture', node => (node.machine.value.arch = 'arm64')],
  ['architecture', 'skip', 'nothing installed', node => (node.bundle.value = undefined)],
  ['systemd-is-init', 'fail', 'no systemd', node => (node.machine.value.systemdIsInit = false)],
  ...(
    [
      ['Edge-1', 'pass'],
      ['edge-1.plant.example', 'pass'],
      ['1', 'pass'],
      ['a'.repeat(63), 'pass'],
      ['a'.repeat(64), 'fail'],
      [`${'a'.repeat(63)}.`.repeat(4).slice(0, 253), 'pass'],
      [`${'a'.repeat(63)}.`.repeat(4).slice(0, 254), 'fail'],
      ['edge_1', 'fail'],
      ['-edge', 'fail'],
      ['edge-', 'fail'],
      ['edge..1', 'fail'],
      ['edge 1', 'fail'],
      ['edge-1\n', 'fail'],
      ['kante-ä', 'fail'],
      ['localhost', 'fail'],
      ['LocalHost', 'fail'],
      ['', 'fail'],
    ] as const
  ).map(([name, status]): (typeof table)[number] => [
    'node-name',
    status,
    `"${name}"`,
    node => (node.machine.value.hostName = name),
  ]),
  ['network-files', 'fail', 'no hosts file', node => (node.machine.value.networkFiles['/etc/hosts'] = false)],
  [
    'network-files',
    'fail',
    'no resolv.conf',
    node => (node.machine.value.networkFiles['/etc/resolv.conf'] = false),
  ],
  ['foreign-units', 'fail', "the distribution's broker", node => (node.units.value.broker.ours = false)],
  ...(
    [
      ['pass', '/usr/local/bin/edgecore'],
      ['pass', '/usr/local/bin/edgecore --config /srv/edgecore.yaml'],
      ['pass', '/opt/kubeedge/edgecore'],
      ['fail', '/usr/bin/sleep infinity'],
      ['fail', '/usr/local/bin/edgecore-wrapper'],
      ['fail', '/usr/local/bin/not-edgecore'],
      ['fail', ''],
    ] as const
  ).map(([status, execStart]): (typeof table)[number] => [
    'foreign-units',
    status,
    `an edgecore.service of another that starts "${execStart}"`,
    node => (node.units.value.edgecore = unit('edgecore.service', { ours: false, execStart })),
  ]),
  [
    'foreign-units',
    'fail',
    'a broker of another that starts EdgeCore',
    node =>
      (node.units.value.broker = unit('mosquitto.service', {
        ours: false,
        execStart: '/usr/local/bin/edgecore',
      })),
  ],
  [
    'foreign-units',
    'fail',
    'a masked edgecore.service',
    node => (node.units.value.edgecore = unit('edgecore.service', { load: 'masked', ours: false })),
  ],
  [
    'foreign-units',
    'pass',
    'no units',
    node => {
      node.units.value.broker = unit('mosquitto.service', { load: 'not-found', ours: false })
      node.units.value.edgecore = unit('edgecore.service', { load: 'not-found', ours: false })
    },
  ],
  ['containerd-answers', 'fail', 'containerd down', node => (node.containerd.value.answers = false)],
  ['containerd-answers', 'fail', "only k3s' containerd", node => (node.containerd.value.socket = k3s)],
  [
    'broker-port',
    'fail',
    'held by another',
    node => (node.listeners.value[0] = { address: '0.0.0.0', port: 1883, owner: stranger }),
  ],
  [
    'broker-port',
    'fail',
    'held by nobody knows whom',
    node => (node.listeners.value[0] = { address: '::', port: 1883, owner: undefined }),
  ],
  ['broker-port', 'pass', 'free', node => (node.listeners.value = [])],
  ['bundle-images', 'skip', 'nothing installed', node => (node.bundle.value = undefined)],
  [
    'bundle-images',
    'pass',
    "no image but the broker's is expected",
    node => (node.containerd.value.images = []),
  ],
  ['bundle-images', 'fail', 'no pause image', node => (node.bundle.value = withPause)],
  ['broker-image', 'fail', 'no image', node => (node.containerd.value.images = [])],
  [
    'broker-image',
    'fail',
    'another digest',
    node => Object.assign(image(node) ?? {}, { digest: `sha256:${'b'.repeat(64)}` }),
  ],
  ['broker-image', 'fail', 'incomplete', node => Object.assign(image(node) ?? {}, { complete: false })],
  ['broker-image', 'fail', 'not unpacked', node => Object.assign(image(node) ?? {}, { unpacked: false })],
  ['broker-image', 'warn', 'not pinned', node => Object.assign(image(node) ?? {}, { pinned: false })],
  ['broker-image', 'skip', 'nothing installed', node => (node.bundle.value = undefined)],
  ['broker-active', 'fail', 'failed', node => (node.units.value.broker.active = 'failed')],
  ['broker-active', 'fail', 'restarting', node => (node.units.value.broker.active = 'activating')],
  [
    'broker-active',
    'fail',
    'no unit',
    node => (node.units.value.broker = unit('mosquitto.service', { load: 'not-found', active: 'inactive' })),
  ],
  ['broker-active', 'warn', 'not at boot', node => (node.units.value.broker.enabled = 'disabled')],
  [
    'broker-active',
    'pass',
    'nothing installed by edgekit, yet a broker',
    node => (node.bundle.value = undefined),
  ],
  ['broker-listening', 'fail', 'nothing listens', node => (node.listeners.value = [])],
  [
    'broker-listening',
    'fail',
    'open to the network',
    node => {
      const [own] = node.listeners.value
      if (own) node.listeners.value.push({ ...own, address: '0.0.0.0' })
    },
  ],
  [
    'broker-round-trip',
    'fail',
    'no message',
    node => (node.brokerProbe.value = { failure: 'no message came back' }),
  ],
  ['edgecore-event-bus', 'fail', 'no file', node => (node.edgecoreConfig.value.config = undefined)],
  ...[
    'modules: {eventBus: {enable: false}}',
    'modules: {eventBus: {mqttMode: 0}}',
    'modules: {eventBus: {mqttMode: "2"}}',
    'modules: {eventBus: {mqttServerExternal: "mqtt://127.0.0.1:1883"}}',
    'modules: {eventBus: {mqttServerInternal: "tcp://127.0.0.1:1883"}}',
    'modules: {eventBus: null}',
    'modules: {deviceTwin: {enable: false}}',
  ].map((text): (typeof table)[number] => [
    'edgecore-event-bus',
    'fail',
    text,
    node => (node.edgecoreConfig.value.config = readEdgecoreConfig(`${text}\n`)),
  ]),
  [
    'edgecore-active',
    'fail',
    'no unit',
    node => (node.units.value.edgecore = unit('edgecore.service', { load: 'not-found' })),
  ],
  ['edgecore-active', 'fail', 'stopped', node => (node.units.value.edgecore.active = 'inactive')],
  [
    'edgecore-active',
    'fail',
    'just restarted after a crash',
    node => {
      node.units.value.edgecore = unit('edgecore.service', { restarts: 3, activeForMs: 2_000 })
      node.edgecoreLog.value.previousFatal = {
        code: 'x',
        text: 'no certificates',
        remedy: 'join',
        line: 'panic: …',
      }
    },
  ],
  ['edgecore-mqtt', 'fail', 'refused', node => (node.edgecoreLog.value.eventBus = 'failing')],
  ['edgecore-mqtt', 'fail', 'hung', node => (node.edgecoreLog.value.eventBus = 'hung')],
  ['edgecore-mqtt', 'skip', 'no broker', node => (node.units.value.broker.active = 'failed')],
]

const cloudTable: typeof table = [
  ['containerd-answers', 'pass', "only k3s' containerd", node => (node.containerd.value.socket = k3s)],
  ['containerd-answers', 'fail', 'containerd down', node => (node.containerd.value.answers = false)],
  ['bundle-images', 'fail', 'no image', node => (node.containerd.value.images = [])],
  [
    'bundle-images',
    'fail',
    'another digest',
    node => Object.assign(image(node) ?? {}, { digest: `sha256:${'b'.repeat(64)}` }),
  ],
  ['bundle-images', 'fail', 'incomplete', node => Object.assign(image(node) ?? {}, { complete: false })],
  ['bundle-images', 'fail', 'not unpacked', node => Object.assign(image(node) ?? {}, { unpacked: false })],
  ['bundle-images', 'warn', 'not pinned', node => Object.assign(image(node) ?? {}, { pinned: false })],
  ['bundle-images', 'skip', 'no containerd', node => (node.containerd.value.answers = false)],
]

test.each(cloudTable)('on a cloud machine, %s: %s when %s', (id, status, _, breakIt) => {
  const node = cloudMachine()
  breakIt(node)
  expect(statusOf(id, node)).toBe(status)
})

test.each(table)('%s: %s when %s', (id, status, _, breakIt) => {
  const node = healthy()
  breakIt(node)
  expect(statusOf(id, node)).toBe(status)
})

test.each([
  ['edge', table, healthy],
  ['cloud', cloudTable, cloudMachine],
] as const)('a failure or an error on the %s says what was expected and what to do', (_, table, machine) => {
  const bad = table.filter(([, status]) => status === 'fail' || status === 'error')
  for (const [id, status, what, breakIt] of bad) {
    const node = machine()
    breakIt(node)
    const finding = runChecks(checks, node).find(result => result.id === id)
    expect(finding?.expected, `${id}: ${what}, ${status}`).toBeTruthy()
    expect(finding?.remedy?.text, `${id}: ${what}`).toBeTruthy()
  }
})

describe('a fact that could not be collected', () => {
  test.each(Object.keys(healthy()) as (keyof Facts)[])(
    '%s: a check that needs it says error, never pass or fail',
    name => {
      const node: Facts = { ...healthy(), [name]: { unknown: 'permission denied' } }
      const changed = runChecks(checks, node).filter(({ status }) => status !== 'pass')
      expect(changed.every(({ status }) => status === 'error' || status === 'skip')).toBe(true)
      expect(
        changed.every(({ status, observed }) => status === 'skip' || observed.includes('permission denied')),
      ).toBe(true)
    },
  )
})

test('a check that is ignored is run and shown, only warns, and blocks nothing', () => {
  const node = healthy()
  node.containerd.value.answers = false
  const results = new Map(runChecks(checks, node, ['containerd-answers']).map(result => [result.id, result]))
  expect(results.get('containerd-answers')).toMatchObject({
    status: 'warn',
    ignored: true,
    observed: expect.stringContaining('containerd'),
  })
  expect(results.get('broker-image')?.blockedBy).toBeUndefined()
  expect(runChecks(checks, healthy(), ['containerd-answers']).filter(({ ignored }) => ignored)).toEqual([])
})

test('what depends on a failed check is skipped and names that one, through several steps', () => {
  const node = healthy()
  node.containerd.value.answers = false
  const results = new Map(runChecks(checks, node).map(result => [result.id, result]))
  expect(results.get('broker-image')).toMatchObject({ status: 'skip', blockedBy: ['containerd-answers'] })
  expect(results.get('broker-round-trip')).toMatchObject({
    status: 'skip',
    blockedBy: ['containerd-answers'],
  })
})

test('a check that throws is an error that asks for a report', () => {
  const broken = {
    id: 'broken',
    title: 'Broken',
    group: 'node' as const,
    tags: ['doctor' as const],
    run: () => {
      throw new TypeError('oops')
    },
  }
  expect(runChecks([broken], healthy())[0]).toMatchObject({
    status: 'error',
    observed: expect.stringContaining('oops'),
  })
})

test('a need outside of the chosen occasion does not block', () => {
  const node = healthy()
  node.machine.value.isRoot = false
  const results = runChecks(checksFor('checklist'), node)
  expect(results.find(({ id }) => id === 'containerd-answers')?.status).toBe('pass')
})

test('doctor says to an ordinary user that it cannot look, and not that the node is broken', () => {
  const node = healthy()
  node.machine.value.isRoot = false
  const results = runChecks(checksFor('doctor'), node)
  expect(results.filter(({ status }) => status === 'fail')).toEqual([])
  expect(results.find(({ id }) => id === 'containerd-answers')).toMatchObject({
    status: 'skip',
    blockedBy: ['running-as-root'],
  })
})

test('an EdgeCore of another that is kept is named as such', () => {
  const node = healthy()
  const observed = () => runChecks(checks, node).find(({ id }) => id === 'foreign-units')?.observed
  expect(observed()).toBe('free or ours')
  node.units.value.edgecore = unit('edgecore.service', { ours: false, execStart: '/usr/local/bin/edgecore' })
  expect(observed()).toBe('edgecore.service of keadm, which is kept')
})

test('the manifest of the fixture is one', () => {
  expect(manifest.images[0]?.reference).toBe(manifest.broker.image)
})
