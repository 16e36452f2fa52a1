import { executableNotices, formatNotices } from '../build/notices.ts'
import { EdgekitCommand } from '../cli/command.ts'
import type { LicensesOutput } from '../ui/json/licenses.ts'

export default class Licenses extends EdgekitCommand {
  static override summary = 'Print the licenses of edgekit and of everything in its executable'
  static override description =
    'Of edgekit itself, of Node.js with what it contains, and of every npm package. A bundle has the same text in meta/licenses.txt.'
  static override examples = ['edgekit licenses', 'edgekit licenses --json']

  async run(): Promise<LicensesOutput> {
    await this.parse(Licenses)
    const notices = executableNotices()
    this.say(formatNotices(notices))
    return { schemaVersion: 1, parts: notices }
  }
}
