import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type * as z from 'zod'
import type { Report } from '../src/doctor/report-schema.ts'
import type { outputSchemas } from '../src/ui/json/index.ts'

type Outputs = { [Name in keyof typeof outputSchemas]: z.infer<(typeof outputSchemas)[Name]> } & {
  report: Report
}

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'date-time': true } })
/** Parse what a command printed with --json. Throws unless it matches docs/schemas/NAME.schema.json. */
export function jsonOutput<Name extends keyof Outputs>(name: Name, stdout: string): Outputs[Name] {
  const path = `docs/schemas/${name}.schema.json`
  const validate = ajv.compile<Outputs[Name]>(JSON.parse(readFileSync(path, 'utf8')))
  const output: unknown = JSON.parse(stdout)
  if (validate(output)) return output
  throw new Error(`not as ${path} requires: ${ajv.errorsText(validate.errors)}\n${stdout}`)
}
