import { Args } from '@oclif/core'
import { definitionJsonSchema } from '../build/definition/schema.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { reportJsonSchema } from '../doctor/report-schema.ts'

const schemas = { definition: definitionJsonSchema, report: reportJsonSchema }

export default class Schema extends EdgekitCommand {
  static override summary = 'Print the JSON Schema of bundle definitions, or of the reports of doctor'
  static override description =
    'For editors, which complete and check definitions with it: write it to a file and put "# yaml-language-server: $schema=FILE" into the first line of the definition. That of reports says what programs can count on in edgekit doctor --output json.'
  static override examples = [
    'edgekit schema >definition.schema.json',
    'edgekit schema report >report.schema.json',
  ]
  static override args = {
    of: Args.string({
      options: Object.keys(schemas),
      default: 'definition',
      description: 'what the schema is of',
    }),
  }

  async run(): Promise<object> {
    const { args } = await this.parse(Schema)
    const schema = schemas[args.of as keyof typeof schemas]()
    this.say(JSON.stringify(schema, null, 2))
    return schema
  }
}
