import { requireFact } from '../../facts/fact.ts'
import { formatBytes } from '../../lib/format.ts'
import type { FileSystem } from '../../node/storage.ts'
import type { Check } from '../check.ts'

/** Percent available below which the kubelet inside EdgeCore evicts pods (its default `evictionHard`). */
const evictionPercent = { images: 15, node: 10 }

const percent = ({ availableBytes, totalBytes }: FileSystem): number =>
  totalBytes === 0 ? 100 : (availableBytes / totalBytes) * 100

const describe = (disk: FileSystem): string =>
  `${disk.path}: ${formatBytes(disk.availableBytes)} of ${formatBytes(disk.totalBytes)} available (${Math.floor(percent(disk))}%)`

export const diskPressure: Check = {
  id: 'disk-pressure',
  title: 'Free disk space is above the eviction thresholds',
  tags: ['doctor'],
  run(facts) {
    const { containerd, kubelet } = requireFact(facts.disks)
    const config = 'value' in facts.edgecoreConfig ? facts.edgecoreConfig.value.config : undefined
    const collects = 100 - (config?.edged.imageGCHighThresholdPercent.value ?? 85)
    const full = [
      ...(percent(containerd) < Math.max(evictionPercent.images, collects) ? [containerd] : []),
      ...(percent(kubelet) < evictionPercent.node ? [kubelet] : []),
    ]
    if (full.length === 0) return { status: 'pass', observed: describe(containerd) }
    return {
      status: 'fail',
      observed: full.map(describe).join('; '),
      expected: `more than ${Math.max(evictionPercent.images, collects)}% available for images and ${evictionPercent.node}% for pods: below that EdgeCore deletes unused images that are not pinned, and evicts pods`,
      remedy: {
        text: 'Free disk space, for example by deleting old logs and unused images.',
        commands: [
          'journalctl --vacuum-size=100M',
          'ctr -n k8s.io images ls',
          'du -xh --max-depth=2 /var | sort -h | tail -n 15',
        ],
      },
    }
  },
}
