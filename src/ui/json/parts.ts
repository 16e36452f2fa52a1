import * as z from 'zod'

/** Parts that several outputs share. */

export const count = z.int().nonnegative()
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const architecture = z.enum(['amd64', 'arm64'])

/** A value of edgecore.yaml. */
export const configValue = z.union([z.string(), z.number(), z.boolean()])

export const bundleIdentity = z.strictObject({
  name: z.string(),
  kubeedgeVersion: z.string(),
  arch: architecture,
})

const layer = z.strictObject({
  digest,
  size: count.meta({ description: 'Compressed size in bytes.' }),
  unpackedSize: count.meta({ description: 'Size in bytes once unpacked.' }),
})

export const manifestImage = z.strictObject({
  reference: z.string(),
  digest: digest.meta({ description: 'What the tag pointed at: an index or a manifest.' }),
  archive: z.string().meta({ description: 'Path of the OCI archive in the bundle.' }),
  platform: z.string(),
  manifestDigest: digest,
  configDigest: digest,
  layers: z.array(layer),
  unpackedSize: count.meta({ description: 'Sum of the unpacked sizes of all layers, in bytes.' }),
})

export const manifestFile = z.strictObject({
  path: z.string().meta({ description: 'Path in the bundle.' }),
  size: count.meta({ description: 'Bytes.' }),
  mode: count.meta({ description: 'Permission bits.' }),
  sha256,
})

export const manifest = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string(),
  role: z.enum(['edge', 'cloud']),
  kubeedgeVersion: z.string(),
  arch: architecture,
  edgekitVersion: z.string(),
  lockDigest: digest.meta({ description: 'Digest of meta/edgekit.lock.' }),
  broker: z.strictObject({ image: z.string() }),
  images: z.array(manifestImage),
  disk: count.meta({ description: 'Disk space in bytes that the node needs.' }),
  files: z.array(manifestFile),
})
