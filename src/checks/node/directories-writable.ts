import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const directoriesWritable: Check = {
  id: 'directories-writable',
  title: 'What edgekit and EdgeCore write to is not read-only',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const { configuration, programs, edgekitPrograms, containerd, edgekit, kubelet } = requireFact(
      facts.disks,
    )
    const readOnly = [configuration, programs, edgekitPrograms, containerd, edgekit, kubelet].filter(
      disk => disk.readOnly,
    )
    if (readOnly.length === 0) return { status: 'pass', observed: '/etc, /usr/local/bin, /opt and /var/lib' }
    const mounts = [...new Set(readOnly.map(({ mountPoint }) => mountPoint))]
    return {
      status: 'fail',
      observed: `read-only: ${readOnly.map(({ path }) => path).join(', ')}`,
      expected: 'file systems that can be written to; the kernel makes one read-only when the disk fails',
      evidence: readOnly.map(({ path, mountPoint, type }) => `${path} is on ${mountPoint} (${type})`),
      remedy: {
        text: 'Look why: a failing disk, or a system that is meant to be read-only.',
        commands: [
          'dmesg | grep -i -E "remount|I/O error"',
          ...mounts.map(mount => `mount -o remount,rw ${mount}`),
        ],
      },
    }
  },
}
