import * as z from 'zod'

export const rollbackOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    restored: z
      .array(z.string())
      .meta({ description: 'The changes that were rolled back; empty when there was nothing to do.' }),
    kubeedgeVersion: z
      .string()
      .exactOptional()
      .meta({ description: 'With --to-previous: the KubeEdge that runs again.' }),
    copies: z
      .array(z.string())
      .exactOptional()
      .meta({ description: 'With --to-previous: copies of configuration files as they were until now.' }),
    database: z.strictObject({ at: z.string(), aside: z.string() }).exactOptional().meta({
      description:
        "EdgeCore's database is a copy, because EdgeCore does not run with the newer one: when it was made, and where the newer one is.",
    }),
  })
  .meta({ title: 'edgekit rollback', description: 'Output of edgekit rollback --json.' })

export type RollbackOutput = z.infer<typeof rollbackOutput>
