import { EdgekitCommand } from '../../../cli/command.ts'
import { ruleFlags, ruleOf } from '../../../cli/flags/broker-acl.ts'
import { interruptible } from '../../../cli/interrupt.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { addRule } from '../../../install/broker/change-rules.ts'
import { localNode } from '../../../node/node.ts'
import { formatRule, ruleChangeOutput } from '../../../ui/broker/rules.ts'
import type { BrokerAclChangeOutput } from '../../../ui/json/broker/broker-acl.ts'
import { stepRunner } from '../../../ui/steps.ts'

export default class BrokerAclAdd extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Add a rule about topics'
  static override description =
    'The new rules first run in a second broker on other ports: nothing changes when EdgeCore or a role would be shut out. Then the broker is reloaded, which keeps clients connected.'
  static override examples = [
    'sudo edgekit broker acl add --user app --topic system/# --read --write',
    'sudo edgekit broker acl add --all-users --topic clients/%c/state --write',
  ]
  static override flags = ruleFlags

  async run(): Promise<BrokerAclChangeOutput> {
    const { flags } = await this.parse(BrokerAclAdd)
    const rule = ruleOf(flags)
    requireRoot('broker acl add')
    const changed = await interruptible(signal =>
      addRule(rule, {
        node: localNode(),
        command: 'edgekit broker acl add',
        edgekitVersion: this.config.version,
        runStep: stepRunner({ silent: this.jsonEnabled() }),
        signal,
      }),
    )
    this.say(changed ? `Added ${formatRule(rule)}.` : `Nothing to do: the rule ${formatRule(rule)} exists.`)
    return ruleChangeOutput(rule, changed)
  }
}
