import { everyUser } from '../../broker/access/acl.ts'
import { type ListedRule, nameOfOwner, type OwnedRule } from '../../install/broker/change-rules.ts'
import type { BrokerAclChangeOutput, BrokerAclListOutput } from '../json/broker/broker-acl.ts'
import { formatTable } from '../text.ts'

/** One line for each rule. */
export const formatRules = (rules: readonly ListedRule[]): string =>
  formatTable([
    ['USER', 'ACCESS', 'TOPIC', 'ROLE'],
    ...rules.map(({ owner, access, topic, role }) => [nameOfOwner(owner), access, topic, role ?? '']),
  ])

const ruleOutput = ({ owner, access, topic }: OwnedRule) => ({
  user: owner === everyUser ? null : owner,
  access,
  topic,
})

export const rulesOutput = (rules: readonly ListedRule[]): BrokerAclListOutput => ({
  schemaVersion: 1,
  rules: rules.map(rule => ({ ...ruleOutput(rule), role: rule.role ?? null })),
})

export const ruleChangeOutput = (rule: OwnedRule, changed: boolean): BrokerAclChangeOutput => ({
  schemaVersion: 1,
  changed,
  rule: ruleOutput(rule),
})

/** The rule in a sentence. */
export const formatRule = ({ owner, access, topic }: OwnedRule): string =>
  `${access} ${topic} (${nameOfOwner(owner)})`
