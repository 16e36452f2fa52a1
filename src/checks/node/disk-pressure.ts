import { requireFact } from '../../facts/fact.ts'
import { formatBytes } from '../../lib/format.ts'
import type { FileSystem } from '../../node/storage.ts'
import type { Check } from '../check.ts'

/** Of the kubelet inside EdgeCore: below so many per cent available on a disk it ends pods. */
const eviction = { images: 15, node: 10 }

const percent = ({ availableBytes, totalBytes }: FileSystem): number =>
  totalBytes === 0 ? 100 : (availableBytes / totalBytes) * 100

const say = (disk: FileSystem): string =>
  `${disk.path}: ${formatBytes(disk.availableBytes)} of ${formatBytes(disk.totalBytes)} available (${Math.floor(percent(disk))} %)`

export const diskPressure: Check = {
  id: 'disk-pressure',
  title: 'The disks are not so full that EdgeCore deletes images and pods',
  tags: ['doctor'],
  run(facts) {
    const { containerd, kubelet } = requireFact(facts.disks)
    const config = 'value' in facts.edgecoreConfig ? facts.edgecoreConfig.value.config : undefined
    const collects = 100 - (config?.edged.imageGCHighThresholdPercent.value ?? 85)
    const full = [
      ...(percent(containerd) < Math.max(eviction.images, collects) ? [containerd] : []),
      ...(percent(kubelet) < eviction.node ? [kubelet] : []),
    ]
    if (full.length === 0) return { status: 'pass', observed: say(containerd) }
    return {
      status: 'fail',
      observed: full.map(say).join('; '),
      expected: `more than ${Math.max(eviction.images, collects)} % for images and ${eviction.node} % for pods: below that EdgeCore removes images that no pod uses and are not pinned, and ends pods`,
      remedy: {
        text: 'Make room. Old logs and images that nobody needs are the usual finds.',
        commands: [
          'journalctl --vacuum-size=100M',
          'ctr -n k8s.io images ls',
          'du -xh --max-depth=2 /var | sort -h | tail -n 15',
        ],
      },
    }
  },
}
