import { expect, test } from 'vitest'
import { localNode } from '../../../src/node/node.ts'
import { parseMounts } from '../../../src/node/storage.ts'

// Lines of /proc/self/mountinfo of Debian 12.
const mountinfo = `102 82 0:39 / / rw,relatime shared:1 - overlay overlay rw,lowerdir=/a,upperdir=/b
103 102 254:0 /srv /media/USB\\040stick ro,noexec,relatime shared:2 - ext4 /dev/sda1 rw,discard
104 102 0:48 / /etc rw,relatime - ext4 /dev/sdb1 ro
`

test('parses the mounts of a machine', () => {
  expect(parseMounts(mountinfo)).toEqual([
    { mountPoint: '/', device: '0:39', type: 'overlay', options: new Set(['rw', 'relatime']) },
    {
      mountPoint: '/media/USB stick',
      device: '254:0',
      type: 'ext4',
      options: new Set(['ro', 'noexec', 'relatime']),
    },
    { mountPoint: '/etc', device: '0:48', type: 'ext4', options: new Set(['rw', 'relatime', 'ro']) },
  ])
})

test('finds the file system of a path that does not exist yet', async () => {
  const { storage } = localNode()
  const [there, notYet] = await Promise.all([
    storage.fileSystem('/proc'),
    storage.fileSystem('/proc/not/yet/there'),
  ])
  expect(there).toMatchObject({ mountPoint: '/proc', type: 'proc', readOnly: false })
  expect(notYet).toEqual({ ...there, path: '/proc/not/yet/there' })
})

test('reports the available space', async () => {
  const { totalBytes, availableBytes } = await localNode().storage.fileSystem('/')
  expect(totalBytes).toBeGreaterThan(1e8)
  expect(availableBytes).toBeLessThanOrEqual(totalBytes)
})
