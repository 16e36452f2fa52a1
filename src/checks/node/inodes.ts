import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** Fraction below which the kubelet inside EdgeCore evicts pods (its default `nodefs.inodesFree`). */
const minimumFree = 0.05

export const inodes: Check = {
  id: 'inodes',
  title: 'Disks have free inodes',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const { containerd, edgekit } = requireFact(facts.disks)
    const all = containerd.mountPoint === edgekit.mountPoint ? [edgekit] : [containerd, edgekit]
    // Some file systems allocate inodes on demand and report none.
    const counted = all.filter(({ totalInodes }) => totalInodes > 0)
    const observed = counted
      .map(
        ({ mountPoint, freeInodes, totalInodes }) =>
          `${mountPoint}: ${freeInodes} of ${totalInodes} inodes free`,
      )
      .join('; ')
    const short = counted.filter(({ freeInodes, totalInodes }) => freeInodes < totalInodes * minimumFree)
    if (short.length === 0) return { status: 'pass', observed: observed || 'not limited on this file system' }
    return {
      status: 'fail',
      observed,
      expected:
        'at least 5% free: below that EdgeCore evicts pods, and without inodes no files can be created',
      remedy: {
        text: 'Find directories with many small files and delete what is not needed.',
        commands: short.map(
          ({ mountPoint }) => `du -x --inodes --max-depth=3 ${mountPoint} | sort -n | tail -n 15`,
        ),
      },
    }
  },
}
