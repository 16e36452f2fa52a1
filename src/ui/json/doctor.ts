import * as z from 'zod'
import { checkGroup } from '../../doctor/report-schema.ts'

const lines = z.array(z.string()).readonly()

const check = z.strictObject({
  id: z.string(),
  title: z.string(),
  group: checkGroup,
  tags: lines,
  needs: lines.meta({ description: 'Checks that must pass first.' }),
})

export const doctorListOutput = z
  .strictObject({ schemaVersion: z.literal(1), checks: z.array(check) })
  .meta({ title: 'edgekit doctor --list', description: 'Output of edgekit doctor --list --json.' })

export const doctorExplainOutput = check
  .extend({
    schemaVersion: z.literal(1),
    text: z.string().meta({ description: 'Its entry in docs/checks.md, in Markdown.' }),
  })
  .meta({
    title: 'edgekit doctor --explain',
    description: 'Output of edgekit doctor --explain CHECK --json.',
  })

export type DoctorListOutput = z.infer<typeof doctorListOutput>
export type DoctorExplainOutput = z.infer<typeof doctorExplainOutput>
