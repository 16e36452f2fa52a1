import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** Part of all below which the kubelet inside EdgeCore ends pods (its default `nodefs.inodesFree`). */
const least = 0.05

export const inodes: Check = {
  id: 'inodes',
  title: 'The disks have room for more files',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const { containerd, edgekit } = requireFact(facts.disks)
    const all = containerd.mountPoint === edgekit.mountPoint ? [edgekit] : [containerd, edgekit]
    // Some file systems make them as they are needed, and count none.
    const counted = all.filter(({ totalInodes }) => totalInodes > 0)
    const observed = counted
      .map(
        ({ mountPoint, freeInodes, totalInodes }) =>
          `${mountPoint}: ${freeInodes} of ${totalInodes} inodes free`,
      )
      .join('; ')
    const short = counted.filter(({ freeInodes, totalInodes }) => freeInodes < totalInodes * least)
    if (short.length === 0) return { status: 'pass', observed: observed || 'not counted here' }
    return {
      status: 'fail',
      observed,
      expected:
        'at least 5 % free: with less, files cannot be made although there is room, and EdgeCore ends pods',
      remedy: {
        text: 'Look where there are many small files, and remove what is not needed.',
        commands: short.map(
          ({ mountPoint }) => `du -x --inodes --max-depth=3 ${mountPoint} | sort -n | tail -n 15`,
        ),
      },
    }
  },
}
