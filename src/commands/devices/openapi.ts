import { EdgekitCommand } from '../../cli/command.ts'

export default class DevicesOpenapi extends EdgekitCommand {
  static override summary = 'Print the OpenAPI document of the device service'
  static override description =
    'Describes the HTTP interface of edgekit devices serve in OpenAPI 3.1: requests, responses, and their schemas. Generate clients from it, or open it in a viewer.'
  static override examples = ['edgekit devices openapi >devices.openapi.json']

  async run(): Promise<object> {
    await this.parse(DevicesOpenapi)
    // Only here: it loads zod and the routes.
    const { openApi } = await import('../../devices/api/openapi.ts')
    const document = openApi(this.config.version)
    this.say(JSON.stringify(document, null, 2))
    return document
  }
}
