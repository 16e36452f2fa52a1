import * as z from 'zod'
import { sha256 } from './parts.ts'

export const installedBundle = z.looseObject({
  name: z.string(),
  kubeedgeVersion: z.string(),
  arch: z.string(),
  manifestSha256: sha256,
})

export const uninstallOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    bundle: installedBundle.nullable().meta({ description: 'null: nothing was installed.' }),
    kept: z
      .array(
        z.strictObject({
          what: z.string(),
          why: z.string(),
          purgeable: z.literal(true).exactOptional().meta({ description: '--purge removes it.' }),
        }),
      )
      .meta({ description: 'What is still on the node, and why.' }),
    purged: z
      .array(z.string())
      .meta({ description: 'What an earlier uninstall had kept and this one has removed.' }),
    continues: z
      .boolean()
      .meta({ description: 'Something can only be removed later: run edgekit uninstall again.' }),
  })
  .meta({ title: 'edgekit uninstall', description: 'Output of edgekit uninstall --json.' })

export type UninstallOutput = z.infer<typeof uninstallOutput>
