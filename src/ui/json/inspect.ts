import * as z from 'zod'
import { count, manifest, manifestFile, manifestImage } from './parts.ts'

export const inspectOutput = manifest
  .extend({
    isSigned: z.boolean(),
    packedSize: count
      .exactOptional()
      .meta({ description: 'Bytes of the packed bundle; absent for an unpacked one.' }),
    parts: count.meta({ description: 'Number of files the bundle is split into.' }),
  })
  .meta({ title: 'edgekit inspect', description: 'Output of edgekit inspect --json.' })

export const inspectImagesOutput = z
  .strictObject({ schemaVersion: z.literal(1), images: z.array(manifestImage) })
  .meta({ title: 'edgekit inspect --images', description: 'Output of edgekit inspect --images --json.' })

export const inspectFilesOutput = z
  .strictObject({ schemaVersion: z.literal(1), files: z.array(manifestFile) })
  .meta({ title: 'edgekit inspect --files', description: 'Output of edgekit inspect --files --json.' })

export type InspectOutput =
  | z.infer<typeof inspectOutput>
  | z.infer<typeof inspectImagesOutput>
  | z.infer<typeof inspectFilesOutput>
