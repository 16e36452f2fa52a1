import * as z from 'zod'
import type { BlobStore } from '../cache/blob-store.ts'
import type { Descriptor } from '../descriptor.ts'
import { digestOf } from '../digest.ts'
import { readConfig } from '../image-manifest.ts'
import { layerKind, unpackedDigest } from '../layer/layer.ts'
import { manifestTypes, maxConfigSize } from '../media-types.ts'
import { sameName } from '../same-name.ts'
import type { ImageArchive } from './image-archive.ts'

// https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format
const schema = z.array(
  z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }),
)

type Entry = z.infer<typeof schema>[number]

/**
 * Create and store the manifest of an image that `docker save` wrote without one (before Docker 25). Config and layers stay
 * unchanged; each layer is verified against its diff_id in the config. Throws an Error that completes `cannot take IMAGE:`.
 */
export async function manifestOfDockerArchive(
  archive: ImageArchive,
  { name, reference }: { name: string | undefined; reference: string },
  store: BlobStore,
): Promise<Descriptor> {
  const list = schema.parse(JSON.parse((archive.documents.get('manifest.json') ?? '').toString()))
  const entry = choose(list, name, reference)
  const part = (path: string) => {
    const found = archive.file(path)
    if (found === undefined) throw new Error(`${path} is missing, but listed in manifest.json`)
    return found
  }
  const config = part(entry.Config)
  if (config.size > maxConfigSize)
    throw new Error(`${entry.Config} has ${config.size} bytes, the limit is ${maxConfigSize}`)
  const { diff_ids } = readConfig(await store.read(config.digest), reference).rootfs
  if (diff_ids.length !== entry.Layers.length) {
    throw new Error(`it has ${entry.Layers.length} layers, but its config lists ${diff_ids.length}`)
  }
  const layers: Descriptor[] = []
  for (const [index, path] of entry.Layers.entries()) {
    const { digest, size } = part(path)
    const file = store.path(digest)
    const kind = await layerKind(file)
    const unpacked = kind === 'tar' ? digest : await unpackedDigest(file)
    if (unpacked !== diff_ids[index]) {
      throw new Error(`${path} has diff_id ${unpacked}, but the config lists ${diff_ids[index]}`)
    }
    const suffix = kind === 'tar' ? '' : `+${kind}`
    layers.push({ mediaType: `application/vnd.oci.image.layer.v1.tar${suffix}`, digest, size })
  }
  const [mediaType = ''] = manifestTypes
  const configType = 'application/vnd.oci.image.config.v1+json'
  const manifest = { schemaVersion: 2, mediaType, config: { mediaType: configType, ...config }, layers }
  const bytes = Buffer.from(JSON.stringify(manifest))
  const digest = digestOf(bytes)
  await store.writeBytes(digest, bytes)
  return { mediaType, digest, size: bytes.length }
}

function choose(list: readonly Entry[], name: string | undefined, reference: string): Entry {
  const called = (wanted: string) =>
    list.filter(({ RepoTags }) => RepoTags?.some(tag => sameName(tag, wanted)))
  const byReference = called(reference)
  const candidates = name !== undefined ? called(name) : byReference.length > 0 ? byReference : list
  const names = list.flatMap(({ RepoTags }) => RepoTags ?? []).join(', ') || 'none has a name'
  const [first, ...more] = candidates
  if (first === undefined) throw new Error(`it has no image ${name ?? ''} (images: ${names})`)
  if (more.length > 0) throw new Error(`it has several images; append :NAME (images: ${names})`)
  return first
}
