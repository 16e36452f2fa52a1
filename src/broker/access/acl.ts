/** A line of an acl_file. */
export interface AclRule {
  access: 'read' | 'write' | 'readwrite' | 'deny'
  /** A topic filter; in a pattern, `%u` is the user name and `%c` the client ID. */
  topic: string
}

/** An acl_file as mosquitto 2.0 reads it. */
export interface Acl {
  /** For clients without a user name. */
  anonymous: AclRule[]
  users: Map<string, AclRule[]>
  /** For all clients. */
  patterns: AclRule[]
}

/** Stands for all users, whose rules are patterns. */
export const everyUser = Symbol('every user')
/** Whom a rule is for: a user, or all of them. */
export type RuleOwner = string | typeof everyUser

/** The rules of one owner. */
export const rulesOf = ({ users, patterns }: Acl, owner: RuleOwner): readonly AclRule[] =>
  owner === everyUser ? patterns : (users.get(owner) ?? [])

/** The same access list with other rules for one owner. */
export function withRules(acl: Acl, owner: RuleOwner, rules: readonly AclRule[]): Acl {
  if (owner === everyUser) return { ...acl, patterns: [...rules] }
  const users = new Map(acl.users)
  if (rules.length > 0) users.set(owner, [...rules])
  else users.delete(owner)
  return { ...acl, users }
}

/** A client that reads or writes a topic. */
export interface AclRequest {
  user: string | undefined
  clientId: string
  topic: string
  access: 'read' | 'write'
}

/** Parses an acl_file (aclfile__parse in src/security_default.c). Throws an Error that names the line the broker rejects. */
export function readAcl(text: string): Acl {
  const acl: Acl = { anonymous: [], users: new Map(), patterns: [] }
  let rules = acl.anonymous
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd()
    if (line === '' || line.startsWith('#')) continue
    const [, keyword = '', rest = ''] = /^ *([^ ]+) *(.*)$/.exec(line) ?? []
    const fail = (reason: string): Error => new Error(`line ${index + 1} ${reason}: ${line}`)
    if (keyword === 'user') {
      if (rest === '') throw fail('names no user')
      rules = acl.users.get(rest) ?? []
      acl.users.set(rest, rules)
    } else if (keyword === 'topic' || keyword === 'pattern') {
      const rule = readRule(rest)
      if (typeof rule === 'string') throw fail(rule)
      ;(keyword === 'topic' ? rules : acl.patterns).push(rule)
    } else throw fail('begins with neither user, topic, nor pattern')
  }
  return acl
}

function readRule(text: string): AclRule | string {
  const [, first = '', second = ''] = /^([^ ]+) *(.*)$/.exec(text) ?? []
  if (first === '') return 'names no topic'
  const topic = second === '' ? first : second
  const access = second === '' ? 'readwrite' : first
  if (!isAccess(access)) return 'has an unknown kind of access'
  return isTopicFilter(topic) ? { access, topic } : 'has an invalid topic filter'
}

const isAccess = (word: string): word is AclRule['access'] =>
  ['read', 'write', 'readwrite', 'deny'].includes(word)

/** Whether a rule can have this topic. MQTT 3.1.1, section 4.7.1: `+` and `#` are whole levels, and `#` is the last one. */
export function isTopicFilter(text: string): boolean {
  const levels = text.split('/')
  return (
    text !== '' &&
    Buffer.byteLength(text) <= 65_535 &&
    levels.every(
      (level, index) =>
        !/[+#\0]/.test(level) || level === '+' || (level === '#' && index === levels.length - 1),
    )
  )
}

export function formatAcl({ anonymous, users, patterns }: Acl, header: readonly string[]): string {
  const lines = (rules: readonly AclRule[], keyword: string) =>
    rules.map(({ access, topic }) => `${keyword} ${access} ${topic}`)
  const parts = [
    header.map(line => `# ${line}`),
    lines(anonymous, 'topic'),
    lines(patterns, 'pattern'),
    ...[...users].map(([name, rules]) => [`user ${name}`, ...lines(rules, 'topic')]),
  ]
  return parts
    .filter(part => part.length > 0)
    .map(part => `${part.join('\n')}\n`)
    .join('\n')
}

/**
 * Whether the broker allows a request, and the rule that decides; undefined when none matches, which denies it. Follows
 * mosquitto_acl_check_default (src/security_default.c, mosquitto 2.0): the user's own rules come before the patterns, and
 * in each of them those that deny come first.
 */
export function checkAcl(acl: Acl, request: AclRequest): { allowed: boolean; rule?: string } {
  const { user, clientId, topic } = request
  const own = user === undefined ? acl.anonymous : (acl.users.get(user) ?? [])
  const ownRule = decisive(own, request, filter =>
    topic.startsWith('$') && !filter.startsWith('$') ? undefined : filter,
  )
  if (ownRule) return { allowed: ownRule.access !== 'deny', rule: `topic ${ownRule.access} ${ownRule.topic}` }
  if (acl.patterns.length > 0 && [user ?? '', clientId].some(name => /[+#]/.test(name)))
    return { allowed: false }
  const pattern = decisive(acl.patterns, request, filter =>
    user === undefined && filter.includes('%u')
      ? undefined
      : filter.replaceAll(/%[uc]/g, name => (name === '%c' ? clientId : (user ?? name))),
  )
  if (!pattern) return { allowed: false }
  return { allowed: pattern.access !== 'deny', rule: `pattern ${pattern.access} ${pattern.topic}` }
}

function decisive(
  rules: readonly AclRule[],
  { topic, access }: AclRequest,
  filterOf: (filter: string) => string | undefined,
): AclRule | undefined {
  const denyFirst = [...rules].toSorted((a, b) => Number(b.access === 'deny') - Number(a.access === 'deny'))
  return denyFirst.find(rule => {
    if (rule.access !== 'deny' && rule.access !== 'readwrite' && rule.access !== access) return false
    const filter = filterOf(rule.topic)
    return filter !== undefined && matchesTopic(filter, topic)
  })
}

/** MQTT 3.1.1, section 4.7: `#` includes its parent level, and a wildcard does not match a topic that begins with `$`. */
function matchesTopic(filter: string, topic: string): boolean {
  if (filter.startsWith('$') !== topic.startsWith('$')) return false
  const levels = topic.split('/')
  const filters = filter.split('/')
  const end = filters.indexOf('#')
  const fixed = end === -1 ? filters : filters.slice(0, end)
  if (end === -1 ? levels.length !== fixed.length : levels.length < fixed.length) return false
  return fixed.every((level, index) => level === '+' || level === levels[index])
}
