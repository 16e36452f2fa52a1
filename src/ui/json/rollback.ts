import * as z from 'zod'

export const rollbackOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    restored: z
      .array(z.string())
      .meta({ description: 'The changes that were rolled back; empty when there was nothing to do.' }),
  })
  .meta({ title: 'edgekit rollback', description: 'Output of edgekit rollback --json.' })

export type RollbackOutput = z.infer<typeof rollbackOutput>
