import { type Acl, type AclRule, everyUser, formatAcl, type RuleOwner, withRules } from './acl.ts'

/** EdgeCore's user at a broker that requires authentication; edgekit's own checks use it, too. */
export const edgecoreUser = 'edgecore'

/**
 * Every user is a device, whose topics begin with `device/NAME` or `devices/NAME`. Patterns, because mosquitto searches the
 * users of an acl_file one by one: ten thousand of them with lines of their own would take seconds at each reload.
 */
const devicePatterns: readonly AclRule[] = [
  { access: 'read', topic: 'device/%u/#' },
  { access: 'write', topic: 'device/%u/status' },
  { access: 'write', topic: 'device/%u/data/#' },
  { access: 'write', topic: 'device/%u/ota/#' },
  { access: 'write', topic: 'device/%u/response' },
  { access: 'write', topic: 'devices/%u/data' },
  { access: 'write', topic: 'devices/%u/status' },
  { access: 'write', topic: 'devices/%u/heartbeat' },
]

/**
 * Reads what all devices send, and sends commands to them. `edgekit devices serve` is one of them, and the others read what it
 * publishes.
 */
const backendRules: readonly AclRule[] = [
  { access: 'read', topic: 'device/#' },
  { access: 'read', topic: 'devices/#' },
  { access: 'write', topic: 'device/+/command' },
  { access: 'readwrite', topic: 'system/devices/+' },
  { access: 'readwrite', topic: 'system/alerts' },
]

/**
 * EdgeCore forwards whatever the rules of its cloud name. `#` does not include topics that begin with `$`, and the checks
 * of edgekit read the statistics of the broker.
 */
const edgecoreRules: readonly AclRule[] = [
  { access: 'readwrite', topic: '#' },
  { access: 'readwrite', topic: '$hw/#' },
  { access: 'read', topic: '$SYS/#' },
]

export type Role = 'device' | 'backend'

const isIn = (rules: readonly AclRule[], { access, topic }: AclRule): boolean =>
  rules.some(rule => rule.access === access && rule.topic === topic)

/** The rules with what is missing of the others. */
const including = (rules: readonly AclRule[], others: readonly AclRule[]): AclRule[] => [
  ...rules,
  ...others.filter(rule => !isIn(rules, rule)),
]

/** The same access list, in which devices and EdgeCore have what they need. */
export function withRoles(acl: Acl): Acl {
  const users = new Map(acl.users)
  users.set(edgecoreUser, including(acl.users.get(edgecoreUser) ?? [], edgecoreRules))
  return { ...acl, users, patterns: including(acl.patterns, devicePatterns) }
}

/** The same access list with a user in a role: the rules of the other role are removed, and all others stay. */
export function withRole(acl: Acl, user: string, role: Role): Acl {
  const own = acl.users.get(user) ?? []
  const rules =
    role === 'backend' ? including(own, backendRules) : own.filter(rule => !isIn(backendRules, rule))
  return withRules(acl, user, rules)
}

/** The role that a rule belongs to, which would not work without it; undefined for a rule of the user's. */
export function roleOfRule(owner: RuleOwner, rule: AclRule): Role | typeof edgecoreUser | undefined {
  if (owner === everyUser) return isIn(devicePatterns, rule) ? 'device' : undefined
  if (owner === edgecoreUser && isIn(edgecoreRules, rule)) return edgecoreUser
  return isIn(backendRules, rule) ? 'backend' : undefined
}

export const roleOf = ({ users }: Acl, user: string): Role =>
  backendRules.every(rule => isIn(users.get(user) ?? [], rule)) ? 'backend' : 'device'

/** An acl_file as edgekit writes it. */
export const aclText = (acl: Acl): string =>
  formatAcl(acl, [
    'Who may read and write which topics. Change it with edgekit broker acl, which reloads the broker.',
    'A pattern is for every user; %u is the user name.',
  ])
