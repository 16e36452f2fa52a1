import { describe, expect, test } from 'vitest'
import type { CheckResult } from '../../../src/checks/check.ts'
import { checks } from '../../../src/checks/index.ts'
import { runChecks } from '../../../src/checks/run-checks.ts'
import { cloudMachine, healthy, unit } from './healthy.ts'
import type { Healthy } from './rows.ts'

test('every check passes on a healthy node', () => {
  const results = runChecks(checks, healthy())
  expect(results.filter(({ status }) => status !== 'pass')).toEqual([])
})

test('a cloud machine skips checks of the broker and EdgeCore, which block nothing', () => {
  const results = runChecks(checks, cloudMachine())
  expect(results.filter(({ status }) => status !== 'skip').map(({ id, status }) => [id, status])).toEqual([
    ['running-as-root', 'pass'],
    ['kernel', 'pass'],
    ['architecture', 'pass'],
    ['node-installed', 'pass'],
    ['install-finished', 'pass'],
    ['disk-space', 'pass'],
    ['inodes', 'pass'],
    ['directories-writable', 'pass'],
    ['programs-can-run', 'pass'],
    ['clock', 'pass'],
    ['containerd-answers', 'pass'],
    ['containerd-version', 'pass'],
    ['ctr-flags', 'pass'],
    ['runc-runs', 'pass'],
    ['cri-plugin', 'pass'],
    ['bundle-images', 'pass'],
    ['image-content', 'pass'],
    ['receipt-readable', 'pass'],
    ['files-installed', 'pass'],
    ['image-archives', 'pass'],
    ['previous-version', 'pass'],
  ])
  expect(results.filter(({ blockedBy }) => blockedBy)).toEqual([])
})

test('while another edgekit changes the node, only the machine itself is checked, and nothing fails', () => {
  const facts = healthy()
  facts.drift.value = {
    interrupted: { command: 'install', since: '2026-11-20T10:00:00Z', runningAs: 5117 },
    changed: [],
  }
  facts.units.value.broker = unit('mosquitto.service', { active: 'inactive' })
  facts.units.value.edgecore = unit('edgecore.service', { active: 'inactive' })
  const results = runChecks(checks, facts)
  const others = results.filter(({ group }) => group !== 'node')
  expect(new Set(others.map(({ observed }) => observed))).toEqual(new Set(['edgekit is changing this node']))
  expect(results.filter(({ status }) => status === 'error').map(({ id }) => id)).toEqual(['install-finished'])
  expect(results.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([])
})

describe('the settings of the install', () => {
  const stopped = (wanted: Healthy['installedSettings']['value']): CheckResult[] => {
    const facts = healthy()
    facts.installedSettings.value = wanted
    facts.units.value.edgecore = unit('edgecore.service', { active: 'inactive', sub: 'dead' })
    facts.edgecoreLog.value.eventBus = 'unknown'
    return runChecks(checks, facts)
  }
  const idsOf = (group: string) => checks.filter(check => check.group === group).map(({ id }) => id)
  const skipped = (results: readonly CheckResult[]) =>
    results.filter(({ status }) => status === 'skip').map(({ id }) => id)

  test('a stopped EdgeCore fails when it must run', () => {
    expect(
      stopped({ edgecore: 'running', adopt: false }).find(({ id }) => id === 'edgecore-active')?.status,
    ).toBe('fail')
  })

  test('a staged EdgeCore need not run; its configuration is checked', () => {
    const results = stopped({ edgecore: 'staged', adopt: false })
    expect(skipped(results)).toEqual([
      'edgecore-active',
      'edgecore-config-loaded',
      'edgecore-health',
      'edgecore-cloud',
      'pods-start',
      ...idsOf('mqtt-path'),
    ])
    expect(results.filter(({ status }) => status === 'fail')).toEqual([])
  })

  test('without EdgeCore, its checks are skipped', () => {
    const results = stopped({ edgecore: 'none', adopt: false })
    const needed = [
      'inotify-limits',
      'node-name',
      'default-route',
      'no-kubelet',
      'edgecore-ports',
      'cri-plugin',
      'cgroup-driver',
    ]
    expect(skipped(results)).toEqual([
      ...[...needed, 'sandbox-image', 'cni-config'],
      ...idsOf('edgecore'),
      ...idsOf('mqtt-path'),
      'edgecore-config-drift',
    ])
    expect(results.filter(({ status }) => status === 'fail')).toEqual([])
  })

  test('a staged EdgeCore that runs anyway is checked', () => {
    const facts = healthy()
    facts.installedSettings.value = { edgecore: 'staged', adopt: false }
    expect(skipped(runChecks(checks, facts))).toEqual([])
  })

  test('--adopt skips the checks it overrides', () => {
    const facts = healthy()
    facts.installedSettings.value = { edgecore: 'running', adopt: true }
    facts.units.value.broker = unit('mosquitto.service', { ours: false })
    expect(skipped(runChecks(checks, facts))).toEqual(['foreign-units', 'broker-port'])
  })
})
