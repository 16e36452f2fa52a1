import type { NewUser } from '../../install/broker/change-users.ts'
import { plural } from '../../lib/format.ts'
import type { BrokerUserChangeOutput } from '../json/broker/broker-user.ts'
import { formatTable, wrap } from '../text.ts'

/** The users, with the passwords that were generated, which are shown only once. */
export function formatNewUsers(users: readonly NewUser[], verb: string): string {
  const [only] = users
  const who = users.length === 1 && only ? `user ${only.name} (${only.role})` : plural(users.length, 'user')
  const generated = users.filter(({ isGenerated }) => isGenerated)
  if (generated.length === 0) return `${verb} ${who}.`
  const note =
    generated.length === 1
      ? 'The password is stored nowhere; note it'
      : 'The passwords are stored nowhere; note them'
  return [
    wrap(`${verb} ${who}. ${note} now:`),
    formatTable(generated.map(({ name, password }) => [`  ${name}`, password])),
  ].join('\n')
}

/** The same as data. */
export const newUsersOutput = (users: readonly NewUser[]): BrokerUserChangeOutput => ({
  schemaVersion: 1,
  users: users.map(({ name, role, password, isGenerated }) => ({
    name,
    role,
    ...(isGenerated && { password }),
  })),
})
