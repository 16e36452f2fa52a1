import * as z from 'zod'
import { count, digest } from './parts.ts'

const directory = z.string().meta({ description: 'The cache directory.' })

export const cacheLsOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    directory,
    names: z.array(
      z.strictObject({
        reference: z.string(),
        digest: digest.meta({ description: 'What the tag pointed at.' }),
        asked: z.iso.datetime().meta({ description: 'When the registry was last asked.' }),
      }),
    ),
    blobs: count.meta({ description: 'Number of blobs.' }),
    size: count.meta({ description: 'Bytes of all blobs.' }),
  })
  .meta({ title: 'edgekit cache ls', description: 'Output of edgekit cache ls --json.' })

export const cachePruneOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    directory,
    removed: count.meta({ description: 'Number of blobs removed.' }),
    freed: count.meta({ description: 'Bytes freed.' }),
    kept: count.meta({ description: 'Number of blobs kept.' }),
  })
  .meta({ title: 'edgekit cache prune', description: 'Output of edgekit cache prune --json.' })

export type CacheLsOutput = z.infer<typeof cacheLsOutput>
export type CachePruneOutput = z.infer<typeof cachePruneOutput>
