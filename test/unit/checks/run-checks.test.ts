import { describe, expect, test } from 'vitest'
import type { ListedCheck } from '../../../src/checks/check.ts'
import { checks, checksFor } from '../../../src/checks/index.ts'
import { runChecks } from '../../../src/checks/run-checks.ts'
import type { Facts } from '../../../src/facts/index.ts'
import { broker, brokerLogs, certificate, config, failed, nothingInstalled, probe } from './changes.ts'
import { healthy } from './healthy.ts'
import { type Row, resultOf } from './rows.ts'

const check = (id: string, more: Partial<ListedCheck> = {}): ListedCheck => ({
  group: 'node',
  id,
  title: id,
  tags: ['preflight'],
  run: () => ({ status: 'fail', observed: 'missing' }),
  ...more,
})

const install = { force: [] }

test('preflight skips what the install settles, and all that needs it', () => {
  const checks = [
    check('runtime', { settledByInstall: () => 'the bundle brings it' }),
    check('plugin', { needs: ['runtime'] }),
    check('image', { needs: ['plugin'] }),
    check('disk'),
  ]
  const seen = runChecks(checks, healthy(), { install }).map(({ id, status, observed }) => [
    id,
    status,
    observed,
  ])
  expect(seen).toEqual([
    ['runtime', 'skip', 'the bundle brings it'],
    ['plugin', 'skip', 'the bundle brings it'],
    ['image', 'skip', 'the bundle brings it'],
    ['disk', 'fail', 'missing'],
  ])
})

test('doctor runs a check that an install would settle', () => {
  const [result] = runChecks(
    [check('runtime', { settledByInstall: () => 'the bundle brings it' })],
    healthy(),
  )
  expect(result).toMatchObject({ id: 'runtime', status: 'fail' })
})

test('--force of a unit turns a failure it resolves into a warning', () => {
  const port = check('port', { overriddenBy: { force: units => units.includes('mosquitto.service') } })
  const statusWith = (force: string[]) => runChecks([port], healthy(), { install: { force } })[0]
  expect(statusWith(['mosquitto.service'])).toMatchObject({ status: 'warn', ignored: true })
  expect(statusWith(['edgecore.service'])).toMatchObject({ status: 'fail' })
})

test.each(Object.keys(healthy()) as (keyof Facts)[])(
  'without the fact %s, the checks that need it end with an error or are skipped',
  name => {
    const node: Facts = { ...healthy(), [name]: { unknown: 'permission denied' } }
    const changed = runChecks(checks, node).filter(({ status }) => status !== 'pass')
    const unexplained = changed.filter(
      ({ status, observed, blockedBy }) =>
        !(status === 'error' && observed === 'could not be checked: permission denied') &&
        !(status === 'skip' && (blockedBy || observed === 'unknown: permission denied')),
    )
    expect(unexplained).toEqual([])
  },
)

describe('an ignored check', () => {
  const containerdDown = (): Facts => {
    const node = healthy()
    node.containerd.value.answers = false
    return node
  }
  const ignored = ['containerd-answers']

  test('still runs, only warns and blocks nothing', () => {
    const results = runChecks(checks, containerdDown(), { ignored })
    expect(results.find(({ id }) => id === 'containerd-answers')).toMatchObject({
      status: 'warn',
      ignored: true,
      observed: expect.stringContaining('no response on /run/containerd/containerd.sock'),
    })
    expect(results.filter(({ blockedBy }) => blockedBy)).toEqual([])
  })

  test('is not marked when it passes', () => {
    expect(runChecks(checks, healthy(), { ignored }).filter(result => result.ignored)).toEqual([])
  })
})

test.each<[what: string, change: Row[4], skipped: string, cause: string]>([
  ['containerd down', node => (node.containerd.value.answers = false), 'broker-image', 'containerd-answers'],
  [
    'containerd down, through several checks',
    node => (node.containerd.value.answers = false),
    'broker-round-trip',
    'containerd-answers',
  ],
  ['eventBus null', config('modules: {eventBus: null}'), 'edgecore-active', 'edgecore-config-valid'],
  ['eventBus null', config('modules: {eventBus: null}'), 'edgecore-mqtt', 'edgecore-config-valid'],
  ['an expired certificate', node => certificate(node, { validTo: 0 }), 'twin-answers', 'node-certificate'],
  [
    'a broken mosquitto.conf',
    brokerLogs('Error found at /mosquitto/config/mosquitto.conf:3.'),
    'edgecore-mqtt',
    'broker-log',
  ],
  [
    'a full log pipe',
    node => broker(node, { kernelWait: 'pipe_write' }),
    'twin-answers',
    'broker-log-drained',
  ],
  ['denied topics', node => probe(node, { edgecoreTopics: failed }), 'twin-answers', 'event-bus-topics'],
])('%s: %s is skipped and names %s', (_, change, skipped, cause) => {
  expect(resultOf(skipped, change)).toMatchObject({
    status: 'skip',
    observed: `depends on ${cause}`,
    blockedBy: [cause],
  })
})

describe('one cause', () => {
  const causesOf = (change: Row[4]): string[] => {
    const node = healthy()
    change(node)
    return runChecks(checksFor('doctor'), node)
      .filter(({ status }) => status === 'fail' || status === 'error')
      .map(({ id }) => id)
  }

  test.each<[what: string, cause: string, change: Row[4]]>([
    [
      'an install that was killed after its first change',
      'install-finished',
      node => {
        nothingInstalled(node)
        node.drift.value = { interrupted: { command: 'install', since: '2026-11-20T10:00:00Z' }, changed: [] }
      },
    ],
    ['a machine on which nothing is installed', 'node-installed', nothingInstalled],
    [
      'an upgrade that was killed while it replaced the broker',
      'install-finished',
      node => {
        node.drift.value = {
          interrupted: { command: 'install', since: '2026-11-20T10:00:00Z' },
          changed: [{ path: '/opt/edgekit/bin/edgekit', kind: 'file', gone: true, how: 'is gone' }],
        }
        node.units.value.broker.active = 'inactive'
        Object.assign(node.containerd.value, { images: [], tasks: [] })
        node.brokerProbe.value = { failure: 'refused' }
      },
    ],
    [
      'a damaged database, on which EdgeCore exits',
      'edgecore-database',
      node => {
        Object.assign(node.edgecoreDatabase.value, { isDatabase: false })
        node.units.value.edgecore.active = 'activating'
        const fatal = {
          code: 'database',
          text: "EdgeCore's database is damaged",
          remedy: 'Move it.',
          line: 'F',
        }
        Object.assign(node.edgecoreLog.value, { eventBus: 'unknown', fatal })
      },
    ],
  ])('%s: %s', (_, cause, change) => {
    expect(causesOf(change)).toEqual([cause])
  })
})

test('a check that throws ends with an error that asks for a report', () => {
  const broken = check('broken', {
    run: () => {
      throw new TypeError('oops')
    },
  })
  expect(runChecks([broken], healthy())[0]).toMatchObject({
    status: 'error',
    observed: 'this check is broken, please report it: oops',
  })
})

test('a need without the selected tag does not block', () => {
  const node = healthy()
  node.machine.value.isRoot = false
  const results = runChecks(checksFor('checklist'), node)
  expect(results.find(({ id }) => id === 'containerd-answers')?.status).toBe('pass')
})

test('without root, doctor reports an error and no failure', () => {
  const node = healthy()
  node.machine.value.isRoot = false
  const results = runChecks(checksFor('doctor'), node)
  expect(results.filter(({ status }) => status === 'fail')).toEqual([])
  expect(results.find(({ id }) => id === 'containerd-answers')).toMatchObject({
    status: 'skip',
    blockedBy: ['running-as-root'],
  })
})
