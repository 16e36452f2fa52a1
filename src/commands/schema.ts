import { Args } from '@oclif/core'
import { definitionJsonSchema } from '../build/definition/schema.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { reportJsonSchema } from '../doctor/report-schema.ts'

const schemas = { definition: definitionJsonSchema, report: reportJsonSchema }

export default class Schema extends EdgekitCommand {
  static override summary = 'Print the JSON Schema of bundle definitions or of doctor reports'
  static override description =
    'Editors complete and check definitions with it: save it to a file, and start the definition with the line "# yaml-language-server: $schema=FILE". The schema of reports describes edgekit doctor --output json.'
  static override examples = [
    'edgekit schema >definition.schema.json',
    'edgekit schema report >report.schema.json',
  ]
  static override args = {
    of: Args.string({
      options: Object.keys(schemas),
      default: 'definition',
      description: 'what to print the schema of',
    }),
  }

  async run(): Promise<object> {
    const { args } = await this.parse(Schema)
    const schema = schemas[args.of as keyof typeof schemas]()
    this.say(JSON.stringify(schema, null, 2))
    return schema
  }
}
