import { EdgekitCommand } from '../../../cli/command.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { listUsers } from '../../../install/broker/change-users.ts'
import { localNode } from '../../../node/node.ts'
import type { BrokerUserListOutput } from '../../../ui/json/broker/broker-user.ts'
import { formatTable } from '../../../ui/text.ts'

export default class BrokerUserList extends EdgekitCommand {
  static override summary = 'List the users of the broker and their roles'
  static override examples = ['sudo edgekit broker user list']

  async run(): Promise<BrokerUserListOutput> {
    await this.parse(BrokerUserList)
    requireRoot('broker user list')
    const users = await listUsers(localNode())
    this.say(formatTable([['USER', 'ROLE'], ...users.map(({ name, role }) => [name, role])]))
    return { schemaVersion: 1, users }
  }
}
