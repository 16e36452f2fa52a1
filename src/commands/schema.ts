import { definitionJsonSchema } from '../bundle/schema.ts'
import { EdgekitCommand } from '../ui/command.ts'

export default class Schema extends EdgekitCommand {
  static override summary = 'Print the JSON Schema of bundle definitions'
  static override description =
    'For editors, which complete and check definitions with it: write it to a file and put "# yaml-language-server: $schema=FILE" into the first line of the definition.'
  static override examples = ['edgekit schema > definition.schema.json']

  async run(): Promise<object> {
    await this.parse(Schema)
    const schema = definitionJsonSchema()
    this.say(JSON.stringify(schema, null, 2))
    return schema
  }
}
