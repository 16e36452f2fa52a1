import * as z from 'zod'
import { EdgekitError } from '../lib/errors.ts'
import { descriptorSchema } from './descriptor.ts'
import { indexTypes, manifestTypes, maxConfigSize } from './media-types.ts'
import type { ServedManifest } from './sources/content-source.ts'

const platformSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() })

// https://github.com/opencontainers/image-spec/blob/main/image-index.md
const indexSchema = z.object({
  manifests: z.array(descriptorSchema.extend({ platform: platformSchema.optional() })),
})

// https://github.com/opencontainers/image-spec/blob/main/manifest.md
const manifestSchema = z.object({ config: descriptorSchema, layers: z.array(descriptorSchema) })

// https://github.com/opencontainers/image-spec/blob/main/config.md
const configSchema = platformSchema.extend({ rootfs: z.object({ diff_ids: z.array(z.string()) }) })

type ImageIndex = z.infer<typeof indexSchema>
export type ImageManifest = z.infer<typeof manifestSchema>
export type ImageConfig = z.infer<typeof configSchema>

/** A parsed index or manifest. */
export type Served =
  | { mediaType: string; index: ImageIndex; manifest?: never }
  | { mediaType: string; manifest: ImageManifest; index?: never }

/** Parse an index or manifest. Its own `mediaType` wins over the one it was served with. Throws EdgekitError. */
export function readServed(served: ServedManifest, image: string): Served {
  const json = readJson(served.bytes, image)
  const inside = z.object({ mediaType: z.string().optional() }).safeParse(json).data?.mediaType
  const mediaType = inside ?? served.mediaType
  if (indexTypes.includes(mediaType)) return { mediaType, index: parse(indexSchema, json, image) }
  if (manifestTypes.includes(mediaType)) {
    const manifest = parse(manifestSchema, json, image)
    requireUsableSizes(manifest, image)
    return { mediaType, manifest }
  }
  throw new EdgekitError(
    `cannot read the manifest of ${image}: unsupported media type ${mediaType || '(none)'}`,
    {
      code: 'image-unusable',
      remedy: 'Push the image again with a current tool, as an OCI or Docker schema 2 image.',
    },
  )
}

/** Bytes. Files of a bundle are smaller than 8 GiB. */
const maxLayerSize = 8 * 1024 ** 3
/** overlayfs mounts no more: OVL_MAX_STACK in fs/overlayfs/params.h of Linux. */
const maxLayers = 500

/** Before anything is fetched, refuse what no bundle can hold and no node can mount. */
function requireUsableSizes({ config, layers }: ImageManifest, image: string): void {
  const large = layers.find(({ size }) => size >= maxLayerSize)
  const problem =
    config.size > maxConfigSize
      ? `its config has ${config.size} bytes, the limit is ${maxConfigSize}`
      : large !== undefined
        ? `layer ${large.digest} has ${large.size} bytes, and a bundle holds files below ${maxLayerSize}`
        : layers.length > maxLayers
          ? `it has ${layers.length} layers, and Linux mounts at most ${maxLayers}`
          : undefined
  if (problem === undefined) return
  throw new EdgekitError(`cannot use ${image}: ${problem}`, {
    code: 'image-unusable',
    remedy: 'Use another image, or build it with fewer and smaller layers.',
  })
}

export const readConfig = (bytes: Buffer, image: string): ImageConfig =>
  parse(configSchema, readJson(bytes, image), image)

function readJson(bytes: Buffer, image: string): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (error) {
    throw unreadable(image, 'invalid JSON', error)
  }
}

function parse<T>(schema: z.ZodType<T>, json: unknown, image: string): T {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  throw unreadable(image, z.prettifyError(result.error), result.error)
}

const unreadable = (image: string, why: string, cause: unknown): EdgekitError =>
  new EdgekitError(`cannot read the manifest of ${image}: ${why}`, {
    code: 'image-unusable',
    remedy: 'Push the image again, or use another registry.',
    cause,
  })
