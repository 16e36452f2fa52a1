import { expect, test } from 'vitest'
import { sandboxImage } from '../../../../src/install/desired/sandbox-image.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'

// As `containerd config default` of 1.6.20, 1.7.24 and 2.1 writes it.
const old = (tag: string) =>
  `    restrict_oom_score_adj = false\n    sandbox_image = "registry.k8s.io/pause:${tag}"\n    selinux_category_range = 1024\n          sandbox_mode = "podsandbox"\n`
const newer = `      sandboxer = 'podsandbox'\n    [plugins.'io.containerd.cri.v1.images'.pinned_images]\n      sandbox = 'registry.k8s.io/pause:3.10'\n`

const pauses = ['3.6', '3.8', '3.10'].map(tag => `registry.k8s.io/pause:${tag}`)
const images = ['docker.io/library/eclipse-mosquitto:2.0', ...pauses, 'docker.io/kubeedge/pause-server:9']

test.each([
  ['1.6', old('3.6'), '3.6'],
  ['1.7', old('3.8'), '3.8'],
  ['2.x', newer, '3.10'],
  ['with an image the bundle does not have: the newest', old('3.9'), '3.10'],
  ['with an unknown configuration: the newest', 'version = 9\n', '3.10'],
])('containerd %s', (_, config, tag) => {
  expect(sandboxImage(config, images)).toBe(`registry.k8s.io/pause:${tag}`)
})

test('accepts an image named by architecture, as in old clusters', () => {
  const reference = 'docker.io/kubeedge/pause-arm64:3.6'
  expect(sandboxImage(old('3.8'), [reference])).toBe(reference)
})

test('refuses a bundle without a pause image and names the expected one', () => {
  expect(() => sandboxImage(old('3.6'), images.slice(0, 1))).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('registry.k8s.io/pause:3.6'),
      exitCode: exitCodes.refused,
    }),
  )
})
