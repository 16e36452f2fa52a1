import type { Manifest } from '../../bundle/manifest.ts'
import { containerdUnit, type PayloadFile, programs, runtimePrograms, texts } from '../../bundle/payload.ts'
import type { DiskFacts } from '../../facts/disks.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { formatBytes } from '../../lib/format.ts'
import type { ContainerdImage } from '../../node/containerd/containerd.ts'
import type { FileSystem } from '../../node/storage.ts'
import type { Check } from '../check.ts'
import { bringsRuntime } from '../shared/brings-runtime.ts'
import { judgeImage } from '../shared/image-state.ts'

/** Bytes that an install still writes below a directory. */
interface Need {
  disk: FileSystem
  bytes: number
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)

function needs(bundle: Manifest, images: readonly ContainerdImage[], facts: Facts): Need[] {
  const disks = requireFact(facts.disks)
  const whole = bundle.images.filter(image => ['good', 'unpinned'].includes(judgeImage(image, images).state))
  const there = new Set(whole.flatMap(image => image.layers.map(({ digest }) => digest)))
  // An image in containerd was imported from an archive that is still on the node.
  const kept = new Set(whole.map(({ archive }) => archive))
  const layers = new Map(bundle.images.flatMap(image => image.layers.map(layer => [layer.digest, layer])))
  const missing = [...layers.values()].filter(({ digest }) => !there.has(digest))
  const elsewhere = filesElsewhere(bundle, disks, facts)
  const placed = new Set(elsewhere.map(({ member }) => member))
  const others = bundle.files.filter(({ path }) => !kept.has(path) && !placed.has(path))
  return [
    { disk: disks.edgekit, bytes: sum(others.map(({ size }) => size)) },
    { disk: disks.containerd, bytes: sum(missing.map(({ size, unpackedSize }) => size + unpackedSize)) },
    ...elsewhere,
  ]
}

/** Files of the bundle whose place does not share its space with edgekit's data. */
function filesElsewhere(bundle: Manifest, disks: DiskFacts, facts: Facts): (Need & { member: string })[] {
  const sizes = new Map(bundle.files.map(({ path, size }) => [path, size]))
  const there = 'value' in facts.fileSizes ? facts.fileSizes.value : {}
  const directories = Object.values(disks).toSorted((a, b) => b.path.length - a.path.length)
  return installed(bundle, facts).flatMap(({ member, path }) => {
    const disk = directories.find(directory => path.startsWith(`${directory.path}/`))
    const size = sizes.get(member)
    if (size === undefined || disk === undefined || disk.device === disks.edgekit.device) return []
    const old = there[path] ?? 0
    if (old === size) return [{ disk, member, bytes: 0 }]
    // What a file replaces is kept with edgekit's data.
    return [
      { disk, member, bytes: size },
      { disk: disks.edgekit, member, bytes: old },
    ]
  })
}

/** The files of the bundle that have a place of their own on this node. */
function installed(bundle: Manifest, facts: Facts): PayloadFile[] {
  const { edgekit, edgecore, keadm } = programs
  if (bundle.role === 'cloud') return [edgekit, keadm]
  const settings = 'value' in facts.installedSettings ? facts.installedSettings.value : undefined
  const ownEdgecore = settings?.edgecore !== 'none' && settings?.adopt !== true
  return [
    edgekit,
    ...(ownEdgecore ? [edgecore, keadm] : []),
    ...Object.values(texts),
    ...(bringsRuntime(bundle, facts)
      ? [containerdUnit, ...runtimePrograms(bundle.files.map(({ path }) => path))]
      : []),
  ]
}

/** One need for each file system, with the first of its directories. */
const byFileSystem = (all: readonly Need[]): Need[] =>
  [...Map.groupBy(all, ({ disk }) => disk.device).values()].flatMap(same => {
    const [first] = same
    return first ? [{ disk: first.disk, bytes: sum(same.map(({ bytes }) => bytes)) }] : []
  })

export const diskSpace: Check = {
  id: 'disk-space',
  title: 'Disk has room for the bundle',
  tags: ['preflight'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const bundle = requireFact(facts.bundle)
    if (!bundle) return { status: 'skip', observed: 'no bundle to install' }
    const images = 'value' in facts.containerd ? facts.containerd.value.images : []
    const wanted = byFileSystem(needs(bundle, images, facts))
    const describe = ({ disk, bytes }: Need) =>
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
