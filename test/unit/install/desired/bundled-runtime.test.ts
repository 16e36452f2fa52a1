import { describe, expect, test } from 'vitest'
import type { ListedCheck } from '../../../../src/checks/check.ts'
import { checksFor } from '../../../../src/checks/index.ts'
import { runChecks } from '../../../../src/checks/run-checks.ts'
import type { Facts } from '../../../../src/facts/index.ts'
import { beforeRuntime, bringsRuntime } from '../../../../src/install/desired/bundled-runtime.ts'
import { runtimeSteps } from '../../../../src/install/desired/runtime-steps.ts'
import { stepMakers } from '../../../../src/install/desired/step-makers.ts'
import { paths, units } from '../../../../src/node/paths.ts'
import { healthy, manifest, unit } from '../../checks/healthy.ts'

const fileAt = (path: string) => ({ path, size: 1, mode: 0o755, sha256: 'a'.repeat(64) })
const members = ['containerd', 'ctr', 'runc'].map(name => fileAt(`runtime/bin/${name}`))
const plugin = fileAt('runtime/cni/bridge')
const bundle = {
  ...manifest,
  files: [...members, plugin, fileAt('systemd/containerd.service'), fileAt('bin/edgecore')],
}

/** A node on which there is nothing of a runtime. */
function bare(): ReturnType<typeof healthy> {
  const facts = healthy()
  facts.units.value.containerd = unit(units.containerd, {
    load: 'not-found',
    active: 'inactive',
    ours: false,
  })
  Object.assign(facts.containerd.value, { answers: false, version: 'unknown', images: [], tasks: [] })
  facts.runtimePrograms.value = { containerd: [], runc: [] }
  return facts
}

describe('a bundle with a runtime', () => {
  test.each<[string, (facts: ReturnType<typeof healthy>) => unknown, boolean]>([
    ['no containerd', () => {}, true],
    ['a containerd that runs', facts => Object.assign(facts, healthy()), false],
    [
      'a unit that is stopped',
      facts => (facts.units.value.containerd = unit(units.containerd, { active: 'inactive', ours: false })),
      false,
    ],
    [
      'a unit that is masked',
      facts => (facts.units.value.containerd = unit(units.containerd, { load: 'masked', ours: false })),
      false,
    ],
    ['a program only', facts => facts.runtimePrograms.value.containerd.push('/usr/bin/containerd'), false],
    ['that of k3s', facts => (facts.containerd.value.answers = true), false],
    ['ours from before', facts => (facts.units.value.containerd = unit(units.containerd)), true],
    [
      'ours from before, stopped',
      facts => (facts.units.value.containerd = unit(units.containerd, { active: 'failed' })),
      true,
    ],
    [
      'a systemd that does not answer',
      facts => Object.assign(facts, { units: { unknown: 'no bus' } }),
      false,
    ],
  ])('on a node with %s', (_, change, brings) => {
    const facts = bare()
    change(facts)
    expect(bringsRuntime(bundle, facts)).toBe(brings)
  })

  test('is nothing for a cloud machine, and a bundle without one brings none', () => {
    expect(bringsRuntime({ ...bundle, role: 'cloud' }, bare())).toBe(false)
    expect(bringsRuntime(manifest, bare())).toBe(false)
  })
})

describe('preflight where the runtime comes with the bundle', () => {
  const facts: Facts = { ...bare(), bundle: { value: bundle } }
  const statusOf = (checks: readonly ListedCheck[], id: string) =>
    runChecks(checks, facts).find(check => check.id === id)

  test('does not ask for a containerd', () => {
    const checks = checksFor('preflight')
    expect(statusOf(checks, 'containerd-answers')?.status).toBe('fail')
    expect(statusOf(beforeRuntime(checks), 'containerd-answers')?.status).toBe('skip')
  })

  test('skips what looks at it, also at second hand, and nothing else', () => {
    const check = (id: string, needs: string[] = []): ListedCheck => ({
      group: 'node',
      id,
      title: id,
      tags: ['preflight'],
      needs,
      run: () => ({ status: 'fail', observed: 'nothing there' }),
    })
    const checks = [
      check('containerd-answers'),
      check('plugin', ['containerd-answers']),
      check('image', ['plugin']),
      check('disk'),
    ]
    expect(runChecks(beforeRuntime(checks), facts).map(({ status }) => status)).toEqual([
      'skip',
      'skip',
      'skip',
      'fail',
    ])
  })
})

describe('the steps', () => {
  const stepsFor = (changes: object = {}) =>
    runtimeSteps(
      bundle,
      { sandboxImage: 'example.com/pause:1', systemdCgroup: true, ownRunc: true, ...changes },
      stepMakers({ directory: '/bundle', manifest: bundle, manifestSha256: '' }),
    )
  const steps = stepsFor()
  const ids = steps.map(({ id }) => id)

  test('put every program where upstream has it', () => {
    expect(ids).toEqual(
      expect.arrayContaining([
        '/usr/local/bin/containerd',
        '/usr/local/bin/ctr',
        paths.runc,
        '/opt/cni/bin/bridge',
      ]),
    )
  })

  test('begin with the unit, which says whose the programs are, and end when it answers', () => {
    expect(ids[0]).toBe(paths.containerdUnit)
    expect(ids.at(-1)).toBe('containerd answers')
  })

  test('restart it because of its programs, its configuration and its unit', () => {
    expect(steps.find(({ id }) => id === units.containerd)?.because).toEqual(
      expect.arrayContaining([
        '/usr/local/bin/containerd',
        paths.runc,
        paths.containerdConfig,
        paths.containerdUnit,
      ]),
    )
  })

  test('write a configuration for this node', () => {
    const spec = steps.find(({ id }) => id === paths.containerdConfig)?.spec
    const text = JSON.stringify(spec)
    expect(text).toContain('SystemdCgroup = true')
    expect(text).toContain('sandbox_image = \\"example.com/pause:1\\"')
    expect(text).not.toContain('@')
  })

  test('leave out runc where the node has one', () => {
    expect(stepsFor({ ownRunc: false }).map(({ id }) => id)).not.toContain(paths.runc)
  })
})
