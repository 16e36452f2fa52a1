import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../../../cli/command.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { listRules } from '../../../install/broker/change-rules.ts'
import { localNode } from '../../../node/node.ts'
import { formatRules, rulesOutput } from '../../../ui/broker/rules.ts'
import type { BrokerAclListOutput } from '../../../ui/json/broker/broker-acl.ts'

export default class BrokerAclList extends EdgekitCommand {
  static override summary = 'List who may read and write which topics'
  static override description =
    'A rule with a role belongs to it, and cannot be removed. In a rule for every user, %u is the user name and %c the client ID.'
  static override examples = ['sudo edgekit broker acl list', 'sudo edgekit broker acl list --user app']
  static override flags = {
    user: Flags.string({
      helpValue: 'NAME',
      description: 'only rules for this user, and those for every user',
    }),
  }

  async run(): Promise<BrokerAclListOutput> {
    const { flags } = await this.parse(BrokerAclList)
    requireRoot('broker acl list')
    const rules = await listRules(localNode(), flags.user)
    this.say(formatRules(rules))
    return rulesOutput(rules)
  }
}
