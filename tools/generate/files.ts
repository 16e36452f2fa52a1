import * as z from 'zod'
import { definitionJsonSchema } from '../../src/build/definition/schema.ts'
import { reportJsonSchema } from '../../src/doctor/report-schema.ts'
import { outputSchemas } from '../../src/ui/json/index.ts'
import { brokerTestPage } from './broker-test-page.ts'
import { errorsPage } from './errors-page.ts'

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

/** Text by path from the root of the repository. */
export const generatedFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/broker-test.md', brokerTestPage()],
    ['docs/errors.md', errorsPage()],
    ['bundles/definition.schema.json', json(definitionJsonSchema())],
    ['docs/schemas/report.schema.json', json(reportJsonSchema())],
    ...Object.entries(outputSchemas).map(
      ([name, schema]) => [`docs/schemas/${name}.schema.json`, json(z.toJSONSchema(schema))] as const,
    ),
  ])
