import { expect, test } from 'vitest'
import { diskNeeded } from '../../../../src/build/pack/disk.ts'

const layer = (digest: string, size: number, unpackedSize: number) => ({ digest, size, unpackedSize })

test('adds up files, blobs and unpacked layers, and counts a shared layer once', () => {
  const images = [{ layers: [layer('a', 1, 10), layer('b', 2, 20)] }, { layers: [layer('a', 1, 10)] }]
  expect(diskNeeded([{ size: 100 }, { size: 200 }], images)).toBe(333)
})
