import * as z from 'zod'
import { count, manifest, sha256 } from './parts.ts'

const written = {
  paths: z.array(z.string()).meta({ description: 'One file, or the parts in order.' }),
  size: count.meta({ description: 'Bytes of all files.' }),
  sha256: sha256.meta({ description: 'Hash of the bundle as one file, also when it is split.' }),
  checksums: z.string().meta({
    description: 'The file with the hash of each of these paths, as sha256sum --check reads it.',
  }),
  manifest,
}

export const bundleOutput = z
  .strictObject({ schemaVersion: z.literal(1), bundles: z.array(z.strictObject(written)) })
  .meta({ title: 'edgekit bundle', description: 'Output of edgekit bundle --json.' })

export type BundleOutput = z.infer<typeof bundleOutput>

export const signOutput = z
  .strictObject({ schemaVersion: z.literal(1), ...written })
  .meta({ title: 'edgekit sign', description: 'Output of edgekit sign --json.' })

export type SignOutput = z.infer<typeof signOutput>
