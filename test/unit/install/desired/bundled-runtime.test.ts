import { describe, expect, test } from 'vitest'
import { runtimeSteps } from '../../../../src/install/desired/runtime-steps.ts'
import { stepMakers } from '../../../../src/install/desired/step-makers.ts'
import { paths, units } from '../../../../src/node/paths.ts'
import { manifest } from '../../checks/healthy.ts'

const fileAt = (path: string) => ({ path, size: 1, mode: 0o755, sha256: 'a'.repeat(64) })
const members = ['containerd', 'ctr', 'runc'].map(name => fileAt(`runtime/bin/${name}`))
const plugin = fileAt('runtime/cni/bridge')
const bundle = {
  ...manifest,
  files: [...members, plugin, fileAt('systemd/containerd.service'), fileAt('bin/edgecore')],
}

describe('the steps', () => {
  const stepsFor = (changes: object = {}) =>
    runtimeSteps(
      bundle,
      { sandboxImage: 'example.com/pause:1', systemdCgroup: true, ownRunc: true, ...changes },
      stepMakers({ directory: '/bundle', manifest: bundle, manifestSha256: '' }),
    )
  const steps = stepsFor()
  const ids = steps.map(({ id }) => id)

  test('install every program where upstream documents it', () => {
    expect(ids).toEqual(
      expect.arrayContaining([
        '/usr/local/bin/containerd',
        '/usr/local/bin/ctr',
        paths.runc,
        '/opt/cni/bin/bridge',
      ]),
    )
  })

  test('begin with the unit, which shows who owns the programs, and end when containerd answers', () => {
    expect(ids[0]).toBe(paths.containerdUnit)
    expect(ids.at(-1)).toBe('containerd answers')
  })

  test('restart it for its programs, configuration and unit', () => {
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

  test('leave out runc when the node has one', () => {
    expect(stepsFor({ ownRunc: false }).map(({ id }) => id)).not.toContain(paths.runc)
  })
})
