import { describe, expect, test } from 'vitest'
import { bringsRuntime } from '../../../../src/checks/shared/brings-runtime.ts'
import { units } from '../../../../src/node/paths.ts'
import { healthy, manifest, unit } from '../healthy.ts'

const bundle = {
  ...manifest,
  files: [{ path: 'runtime/bin/containerd', size: 1, mode: 0o755, sha256: 'a'.repeat(64) }],
}

/** A node without a container runtime. */
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
