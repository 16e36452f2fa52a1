import { dirname } from 'node:path/posix'
import { type LayerFile, layerFiles } from '../../oci/layer/layer-files.ts'
import type { Files } from '../files.ts'
import { parseDocument } from './containerd-images.ts'
import { imageParts } from './image-parts.ts'
import { snapshotDirectories } from './snapshot-directories.ts'

/** A file of a snapshot that is not as its layer has it. */
interface DamagedFile {
  path: string
  problem: 'missing' | 'empty' | 'different'
}

/**
 * What of an image is not what it was imported as, although containerd counts it as there: containerd syncs its databases
 * but not the files it unpacks (containerd #5854, #9115), nor always the names of its content (#10457, #12302).
 */
export interface ImageDamage {
  /** Digests of content that is missing or does not match its digest. */
  content: string[]
  /** Snapshots that differ from their layers, the lowest first, with at most ten of their files. */
  snapshots: { name: string; files: DamagedFile[] }[]
}

/** What to read. */
export interface DamageScope {
  /** The names of the snapshots to compare, all by default. */
  among?: ReadonlySet<string> | undefined
  /** Nothing is read of an image with this fingerprint, which it had when it was unpacked or compared, and then synced. */
  undamaged?: unknown
}

interface ImageOnMachine {
  digest: string
  /** Spelled as in bundles. */
  arch: string
}

/** Enough to recognize it. */
const maxFiles = 10

/** The directories of containerd's content store and of its snapshotter. */
interface Roots {
  content: string
  snapshots: string
}

const pathOf = ({ content }: Roots, blob: string): string => `${content}/blobs/${blob.replace(':', '/')}`

/** A blob without this digest counts as absent. */
async function isIntact(files: Files, path: string, digest: string): Promise<boolean> {
  return (await files.status(path)) !== undefined && `sha256:${await files.sha256(path)}` === digest
}

async function partsOf(files: Files, roots: Roots, { digest, arch }: ImageOnMachine) {
  const read = async (blob: string) => {
    const path = pathOf(roots, blob)
    return (await isIntact(files, path, blob)) ? parseDocument((await files.read(path)) ?? '') : undefined
  }
  const { documents, layers = [], snapshots = [] } = await imageParts(read, digest, arch)
  const directories = await snapshotDirectories(files, roots.snapshots)
  return {
    documents,
    layers: layers.map((layer, index) => {
      const name = snapshots[index] ?? ''
      return { digest: layer, snapshot: name, directory: directories.get(name) }
    }),
  }
}

/** What changes when anything does that `imageDamage` compares. It takes milliseconds. Throws CommandError. */
export async function imageFingerprint(files: Files, roots: Roots, image: ImageOnMachine): Promise<string> {
  const { documents, layers } = await partsOf(files, roots, image)
  const blobs = [...documents, ...layers.map(layer => layer.digest)].map(blob => pathOf(roots, blob))
  return await files.fingerprint([...blobs, ...layers.flatMap(({ directory = [] }) => directory)])
}

/**
 * Compares what containerd has of an image with the image's digests: the content with its names, and the files of each
 * snapshot with the layer they come from. Layers that are not unpacked are not damaged. Read-only. `arch` is spelled as
 * in bundles. Reads all of an image that is in `scope`. Throws CommandError.
 */
export async function imageDamage(
  files: Files,
  roots: Roots,
  { digest, arch }: ImageOnMachine,
  { among, undamaged }: DamageScope = {},
): Promise<ImageDamage> {
  if (typeof undamaged === 'string' && undamaged === (await imageFingerprint(files, roots, { digest, arch })))
    return { content: [], snapshots: [] }
  const { documents, layers } = await partsOf(files, roots, { digest, arch })
  const damage: ImageDamage = { content: [], snapshots: [] }
  for (const blob of documents)
    if (!(await isIntact(files, pathOf(roots, blob), blob))) damage.content.push(blob)
  for (const { digest, snapshot, directory } of layers) {
    const path = pathOf(roots, digest)
    const isCompared = directory !== undefined && among?.has(snapshot) !== false
    // Hashed while it is unpacked. Bytes after its end are not read then.
    const unpacked = isCompared ? await layerFiles(path).catch(() => undefined) : undefined
    if (unpacked?.digest !== digest && !(await isIntact(files, path, digest))) damage.content.push(digest)
    else if (isCompared) {
      const expected = unpacked?.files ?? (await layerFiles(path)).files
      const found = await damagedFiles(files, directory, expected)
      if (found.length > 0) damage.snapshots.push({ name: snapshot, files: found })
    }
  }
  return damage
}

export const isDamaged = ({ content, snapshots }: ImageDamage): boolean =>
  content.length + snapshots.length > 0

async function damagedFiles(
  files: Files,
  directory: string,
  expected: ReadonlyMap<string, LayerFile>,
): Promise<DamagedFile[]> {
  const found: DamagedFile[] = []
  for (const [path, file] of expected) {
    if (found.length === maxFiles) break
    const problem = await problemOf(files, `${directory}${path}`, file)
    if (problem && !(await isBehindLink(files, directory, path))) found.push({ path, problem })
  }
  return found
}

async function problemOf(
  files: Files,
  path: string,
  expected: LayerFile,
): Promise<DamagedFile['problem'] | undefined> {
  const found = await files.status(path)
  if (!found) return 'missing'
  if (found.kind !== expected.kind) return 'different'
  if (expected.kind === 'symlink')
    return (await files.linkTarget(path)) === expected.target ? undefined : 'different'
  if (expected.kind === 'directory') return undefined
  if (found.size !== expected.size) return found.size === 0 ? 'empty' : 'different'
  return (await files.crc32(path)) === expected.crc32 ? undefined : 'different'
}

/** containerd resolves links in the path of an entry inside the snapshot, which a look from outside cannot. */
async function isBehindLink(files: Files, directory: string, path: string): Promise<boolean> {
  for (let parent = dirname(path); parent !== '/'; parent = dirname(parent)) {
    if ((await files.status(`${directory}${parent}`))?.kind === 'symlink') return true
  }
  return false
}
