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

const lines = z.array(z.string())

export const kept = lines.meta({
  description: 'Existing files, units and images that were left as they are.',
})

const content = z.strictObject({ size: count.meta({ description: 'Bytes.' }), sha256 })

const change = z.strictObject({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  file: z
    .strictObject({
      path: z.string(),
      diff: z.string().exactOptional().meta({
        description: 'Unified diff; absent for binary files, empty when only mode or owner change.',
      }),
      before: content.exactOptional(),
      after: content.exactOptional(),
    })
    .exactOptional(),
})

/** A plan, for `--dry-run`. */
export const plan = z.strictObject({
  undo: lines.meta({ description: 'Changes of an interrupted install to be rolled back first.' }),
  changes: z.array(change),
  kept,
})

const limit = z.int().exactOptional()

/** The settings of the broker. */
export const brokerSettings = z.strictObject({
  profile: z.enum(['local', 'devices']),
  addresses: lines.exactOptional(),
  names: lines.exactOptional(),
  websockets: z.boolean().exactOptional(),
  allowPlaintextListener: z.literal(true).exactOptional(),
  plaintextWebsockets: z.literal(true).exactOptional(),
  clientCertificates: z.literal(true).exactOptional(),
  maxPacketSize: limit,
  maxConnections: limit,
  maxQueuedMessages: limit,
  maxQueuedBytes: limit,
  memoryLimit: limit,
})

export const mqttVersion = z
  .string()
  .regex(/^[0-9.]+$/)
  .meta({ description: 'Version of MQTT: 3.1.1 or 5.' })
