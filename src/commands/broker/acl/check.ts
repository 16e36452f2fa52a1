import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../../../cli/command.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { checkRule } from '../../../install/broker/change-rules.ts'
import { EdgekitError } from '../../../lib/errors.ts'
import { aclCheckExitCodes, exitCodeHelp } from '../../../lib/exit-codes.ts'
import { localNode } from '../../../node/node.ts'
import type { BrokerAclCheckOutput } from '../../../ui/json/broker/broker-acl.ts'

export default class BrokerAclCheck extends EdgekitCommand {
  static override summary = 'Check whether the broker lets a user read or write a topic'
  static override description =
    'Gives the answer of mosquitto and the rule that decides. The broker grants every subscription, and delivers what the user may read.\n\n' +
    exitCodeHelp('aclCheck')
  static override examples = [
    'sudo edgekit broker acl check --user s1 --topic device/s1/status --write',
    'sudo edgekit broker acl check --user app --topic device/s1/status --read',
  ]
  static override flags = {
    user: Flags.string({ helpValue: 'NAME', required: true, description: 'the user' }),
    topic: Flags.string({ helpValue: 'TOPIC', required: true, description: 'a topic without wildcards' }),
    read: Flags.boolean({ exclusive: ['write'], description: 'receive messages' }),
    write: Flags.boolean({ description: 'publish messages' }),
    'client-id': Flags.string({
      helpValue: 'ID',
      description: 'client ID, for rules with %c (default: the user name)',
    }),
  }

  async run(): Promise<BrokerAclCheckOutput> {
    const { flags } = await this.parse(BrokerAclCheck)
    const { user, topic, read, write, 'client-id': clientId = user } = flags
    if (!read && !write)
      throw new EdgekitError('missing what to check', {
        code: 'invalid-usage',
        remedy: 'Add --read or --write.',
      })
    requireRoot('broker acl check')
    const { allowed, rule } = await checkRule(localNode(), {
      user,
      topic,
      clientId,
      access: read ? 'read' : 'write',
    })
    const reason = rule ?? 'no rule allows it'
    this.say(`${allowed ? 'allowed' : 'denied'}: ${reason}`)
    process.exitCode = allowed ? aclCheckExitCodes.ok : aclCheckExitCodes.denied
    return { schemaVersion: 1, allowed, rule: rule ?? null }
  }
}
