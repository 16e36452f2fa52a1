import { EdgekitCommand } from '../../../cli/command.ts'
import { ruleFlags, ruleOf } from '../../../cli/flags/broker-acl.ts'
import { interruptible } from '../../../cli/interrupt.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { removeRule } from '../../../install/broker/change-rules.ts'
import { localNode } from '../../../node/node.ts'
import { formatRule, ruleChangeOutput } from '../../../ui/broker/rules.ts'
import type { BrokerAclChangeOutput } from '../../../ui/json/broker/broker-acl.ts'
import { stepRunner } from '../../../ui/steps.ts'

export default class BrokerAclRemove extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Remove a rule about topics'
  static override description =
    'Removes a rule as it is listed: --read --write for readwrite. Rules of the roles stay. The rest is as with edgekit broker acl add.'
  static override examples = ['sudo edgekit broker acl remove --user app --topic system/# --read --write']
  static override flags = ruleFlags

  async run(): Promise<BrokerAclChangeOutput> {
    const { flags } = await this.parse(BrokerAclRemove)
    const rule = ruleOf(flags)
    requireRoot('broker acl remove')
    await interruptible(signal =>
      removeRule(rule, {
        node: localNode(),
        command: 'edgekit broker acl remove',
        edgekitVersion: this.config.version,
        runStep: stepRunner({ silent: this.jsonEnabled() }),
        signal,
      }),
    )
    this.say(`Removed ${formatRule(rule)}.`)
    return ruleChangeOutput(rule, true)
  }
}
