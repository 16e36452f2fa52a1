import { expect, test } from 'vitest'
import { digestOf } from '../../../src/oci/digest.ts'
import { readServed } from '../../../src/oci/image-manifest.ts'

const mediaType = 'application/vnd.oci.image.manifest.v1+json'
const descriptor = (size: number) => ({ mediaType: 'x', digest: `sha256:${'a'.repeat(64)}`, size })

const read = (manifest: object) => {
  const bytes = Buffer.from(JSON.stringify({ mediaType, ...manifest }))
  return readServed({ mediaType, digest: digestOf(bytes), size: bytes.length, bytes }, 'app:1')
}

test('accepts the largest that a bundle can hold', () => {
  const layers = [...Array(499).fill(descriptor(1)), descriptor(8 * 1024 ** 3 - 1)]
  expect(read({ config: descriptor(8 * 1024 ** 2), layers }).manifest?.layers).toHaveLength(500)
})

test.each([
  [
    'a config that does not fit into memory',
    { config: descriptor(1e12), layers: [] },
    'its config has 1000000000000 bytes, the limit is 8388608',
  ],
  [
    'a layer that does not fit into a bundle',
    { config: descriptor(1), layers: [descriptor(1), descriptor(8 * 1024 ** 3)] },
    `layer sha256:${'a'.repeat(64)} has 8589934592 bytes, and a bundle holds files below 8589934592`,
  ],
  [
    'layers that cannot be mounted',
    { config: descriptor(1), layers: Array(501).fill(descriptor(1)) },
    'it has 501 layers, and Linux mounts at most 500',
  ],
])('refuses %s', (_, manifest, message) => {
  expect(() => read(manifest)).toThrow(
    expect.objectContaining({
      code: 'image-unusable',
      message: `cannot use app:1: ${message}`,
      remedy: 'Use another image, or build it with fewer and smaller layers.',
    }),
  )
})
