import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const directoriesWritable: Check = {
  id: 'directories-writable',
  title: 'System directories are writable',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    // An overlay root is often read-only below writable mounts, and plugins may come with the system.
    const { root: _, cniPlugins: __, ...written } = requireFact(facts.disks)
    const readOnly = Object.values(written).filter(disk => disk.readOnly)
    if (readOnly.length === 0) return { status: 'pass', observed: '/etc, /usr/local/bin, /opt and /var' }
    const mounts = [...new Set(readOnly.map(({ mountPoint }) => mountPoint))]
    return {
      status: 'fail',
      observed: `read-only: ${readOnly.map(({ path }) => path).join(', ')}`,
      expected: 'writable file systems; the kernel remounts one read-only when its disk fails',
      evidence: readOnly.map(({ path, mountPoint, type }) => `${path} is on ${mountPoint} (${type})`),
      remedy: {
        text: 'Check the kernel log for disk errors, then remount the file system.',
        commands: [
          'dmesg | grep -i -E "remount|I/O error"',
          ...mounts.map(mount => `mount -o remount,rw ${mount}`),
        ],
      },
    }
  },
}
