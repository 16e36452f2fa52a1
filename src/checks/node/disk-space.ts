import type { Manifest } from '../../bundle/manifest.ts'
import { requireFact } from '../../facts/fact.ts'
import { formatBytes } from '../../lib/format.ts'
import type { ContainerdImage } from '../../node/containerd/containerd.ts'
import type { Check } from '../check.ts'
import { judgeImage } from '../shared/image-state.ts'

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)

/** Bytes still to be written by containerd (layers, packed and unpacked) and by edgekit (everything else). */
function needed(
  bundle: Manifest,
  images: readonly ContainerdImage[],
): { containerd: number; edgekit: number } {
  const whole = bundle.images.filter(image => ['good', 'unpinned'].includes(judgeImage(image, images).state))
  const there = new Set(whole.flatMap(image => image.layers.map(({ digest }) => digest)))
  // An image in containerd was imported from an archive that is still on the node.
  const kept = new Set(whole.map(({ archive }) => archive))
  const layers = new Map(bundle.images.flatMap(image => image.layers.map(layer => [layer.digest, layer])))
  const missing = [...layers.values()].filter(({ digest }) => !there.has(digest))
  return {
    containerd: sum(missing.map(({ size, unpackedSize }) => size + unpackedSize)),
    edgekit: sum(bundle.files.filter(({ path }) => !kept.has(path)).map(({ size }) => size)),
  }
}

export const diskSpace: Check = {
  id: 'disk-space',
  title: 'Disk has room for the bundle',
  tags: ['preflight'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const bundle = requireFact(facts.bundle)
    if (!bundle) return { status: 'skip', observed: 'no bundle to install' }
    const images = 'value' in facts.containerd ? facts.containerd.value.images : []
    const need = needed(bundle, images)
    const { containerd, edgekit } = requireFact(facts.disks)
    const shared = containerd.mountPoint === edgekit.mountPoint
    const wanted = shared
      ? [{ disk: edgekit, bytes: need.containerd + need.edgekit }]
      : [
          { disk: containerd, bytes: need.containerd },
          { disk: edgekit, bytes: need.edgekit },
        ]
    const describe = ({ disk, bytes }: (typeof wanted)[number]) =>
      `${disk.path} (on ${disk.mountPoint}): ${formatBytes(disk.availableBytes)} available, ${formatBytes(bytes)} needed`
    const short = wanted.filter(({ disk, bytes }) => disk.availableBytes < bytes)
    if (short.length === 0) return { status: 'pass', observed: wanted.map(describe).join('; ') }
    return {
      status: 'fail',
      observed: short.map(describe).join('; '),
      expected: `${formatBytes(bundle.disk)} in total for this bundle, part of which may already be on the node`,
      remedy: {
        text: 'Free space on that disk.',
        commands: short.flatMap(({ disk }) => [
          `df -h ${disk.mountPoint}`,
          `du -xh --max-depth=2 ${disk.mountPoint} | sort -h | tail -n 15`,
        ]),
      },
    }
  },
}
