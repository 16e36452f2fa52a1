import type { BrokerUsers } from '../../actions/services/broker-users.ts'
import {
  type AclRequest,
  type AclRule,
  checkAcl,
  everyUser,
  isTopicFilter,
  type RuleOwner,
  rulesOf,
  withRules,
} from '../../broker/access/acl.ts'
import { readLocalLogin } from '../../broker/access/local-login.ts'
import { roleOfRule } from '../../broker/access/roles.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import { type AccessChange, accessOf, changeAccess, requireKnownUsers } from './change-access.ts'
import { requireDeviceProfile } from './device-profile.ts'
import { logIn } from './log-in.ts'

/** A rule about topics and whom it is for. */
export interface OwnedRule extends AclRule {
  owner: RuleOwner
}

export interface ListedRule extends OwnedRule {
  /** What it belongs to; undefined for a rule that a user added. */
  role: ReturnType<typeof roleOfRule>
}

/** All rules, in the order in which the broker reads them; with `user` only those for it. Throws EdgekitError. Read-only. */
export async function listRules(node: Node, user?: string): Promise<ListedRule[]> {
  await requireDeviceProfile(node)
  const access = await accessOf(node)
  if (user !== undefined) requireKnownUsers([user], access)
  const { acl } = access
  const owners: RuleOwner[] = [everyUser, ...(user === undefined ? acl.users.keys() : [user])]
  return owners.flatMap(owner =>
    rulesOf(acl, owner).map(rule => ({ ...rule, owner, role: roleOfRule(owner, rule) })),
  )
}

const isSame = (one: AclRule, { access, topic }: AclRule): boolean =>
  one.access === access && one.topic === topic

/**
 * Rules can shut out EdgeCore: they first run in a second broker on other ports, and EdgeCore must be able to log in afterwards.
 */
const changeRules = (change: AccessChange, changeOf: (found: BrokerUsers) => BrokerUsers): Promise<void> =>
  changeAccess(change, { change: changeOf, isTried: true, prove: () => proveEdgecore(change) })

const proveEdgecore = async ({ node }: AccessChange): Promise<void> =>
  logIn(await readLocalLogin(node.files), node)

/** Adds a rule; returns false when it exists. Throws EdgekitError. */
export async function addRule({ owner, ...rule }: OwnedRule, change: AccessChange): Promise<boolean> {
  requireTopicFilter(owner, rule.topic)
  let isNew = false
  await changeRules(change, found => {
    requireOwner(owner, found)
    const rules = rulesOf(found.acl, owner)
    isNew = !rules.some(known => isSame(known, rule))
    return isNew ? { ...found, acl: withRules(found.acl, owner, [...rules, rule]) } : found
  })
  return isNew
}

/** Removes a rule. Throws EdgekitError when it does not exist, and when a role needs it. */
export async function removeRule({ owner, ...rule }: OwnedRule, change: AccessChange): Promise<void> {
  await changeRules(change, found => {
    requireOwner(owner, found)
    const rules = rulesOf(found.acl, owner)
    if (!rules.some(known => isSame(known, rule)))
      throw new EdgekitError(
        `the broker has no such rule for ${nameOfOwner(owner)}: ${rule.access} ${rule.topic}`,
        {
          code: 'broker-rule-unknown',
          remedy: 'List the rules:\n  edgekit broker acl list',
        },
      )
    const role = roleOfRule(owner, rule)
    if (role !== undefined)
      throw new EdgekitError(`cannot remove ${rule.access} ${rule.topic}: it belongs to the role ${role}`, {
        code: 'broker-rule-of-role',
        remedy: 'Add a rule that denies the topics, with --deny: it comes before all others.',
      })
    return {
      ...found,
      acl: withRules(
        found.acl,
        owner,
        rules.filter(known => !isSame(known, rule)),
      ),
    }
  })
}

/** Whether the broker lets a user read or write a topic, and the rule that decides. Throws EdgekitError. Read-only. */
export async function checkRule(
  node: Node,
  request: AclRequest & { user: string },
): Promise<ReturnType<typeof checkAcl>> {
  const { topic } = request
  if (topic === '' || /[+#\0]/.test(topic))
    throw usage(
      `invalid topic ${JSON.stringify(topic)}: expected one topic`,
      'Leave out wildcards (+ and #).',
    )
  await requireDeviceProfile(node)
  const access = await accessOf(node)
  requireKnownUsers([request.user], access)
  return checkAcl(access.acl, request)
}

/** As it is shown. */
export const nameOfOwner = (owner: RuleOwner): string => (owner === everyUser ? 'every user' : owner)

function requireOwner(owner: RuleOwner, found: Parameters<typeof requireKnownUsers>[1]): void {
  if (owner !== everyUser) requireKnownUsers([owner], found)
}

/** mosquitto ends the topic at the end of the line, without blanks there. */
function requireTopicFilter(owner: RuleOwner, topic: string): void {
  if (!isTopicFilter(topic) || topic.trim() !== topic || /\p{Cc}/u.test(topic))
    throw usage(
      `invalid topic ${JSON.stringify(topic)}: expected a topic filter`,
      'Use + and # only as whole levels, # last, and neither control characters nor blanks at the ends.',
    )
  if (owner !== everyUser && /%[uc]/.test(topic))
    throw usage(
      `cannot use %u or %c in a rule for the user ${owner}: they stand for each user and client ID`,
      'Add the rule for every user: replace --user by --all-users.',
    )
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
