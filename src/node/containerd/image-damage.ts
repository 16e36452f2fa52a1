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

/** Enough to recognize it. */
const maxFiles = 10

/** The directories of containerd's content store and of its snapshotter. */
interface Roots {
  content: string
  snapshots: string
}

/**
 * Compares what containerd has of an image with the image's digests: the content with its names, and the files of each
 * snapshot with the layer they come from. Layers that are not unpacked are not damaged. Read-only. `arch` is spelled as
 * in bundles; `among` are the names of the snapshots to compare, all by default. Throws CommandError.
 */
export async function imageDamage(
  files: Files,
  roots: Roots,
  { digest, arch, among }: { digest: string; arch: string; among?: ReadonlySet<string> | undefined },
): Promise<ImageDamage> {
  const pathOf = (blob: string): string => `${roots.content}/blobs/${blob.replace(':', '/')}`
  const isIntact = async (blob: string): Promise<boolean> =>
    (await files.status(pathOf(blob))) !== undefined && `sha256:${await files.sha256(pathOf(blob))}` === blob
  const read = async (blob: string) =>
    (await isIntact(blob)) ? parseDocument((await files.read(pathOf(blob))) ?? '') : undefined
  const { documents, layers = [], snapshots = [] } = await imageParts(read, digest, arch)
  const content: string[] = []
  for (const blob of [...documents, ...layers]) if (!(await isIntact(blob))) content.push(blob)
  const directories = await snapshotDirectories(files, roots.snapshots)
  const damaged: ImageDamage['snapshots'] = []
  for (const [index, layer] of layers.entries()) {
    const name = snapshots[index] ?? ''
    const directory = directories.get(name)
    if (directory === undefined || among?.has(name) === false || content.includes(layer)) continue
    const found = await damagedFiles(files, directory, await layerFiles(pathOf(layer)))
    if (found.length > 0) damaged.push({ name, files: found })
  }
  return { content, snapshots: damaged }
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
