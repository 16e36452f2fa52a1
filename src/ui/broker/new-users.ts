import type { NewUser } from '../../install/broker/change-users.ts'
import { plural } from '../../lib/format.ts'
import type { BrokerUserChangeOutput } from '../json/broker/broker-user.ts'
import { formatTable, wrap } from '../text.ts'

/** The users with their passwords, which are shown only once. `typed`: the user knows the password already. */
export function formatNewUsers(
  users: readonly NewUser[],
  verb: string,
  { typed }: { typed: boolean },
): string {
  const [only] = users
  const who = users.length === 1 && only ? `user ${only.name} (${only.role})` : plural(users.length, 'user')
  if (typed) return `${verb} ${who}.`
  const note =
    only && users.length === 1
      ? 'The password is stored nowhere; note it'
      : 'The passwords are stored nowhere; note them'
  return [
    wrap(`${verb} ${who}. ${note} now:`),
    formatTable(users.map(({ name, password }) => [`  ${name}`, password])),
  ].join('\n')
}

/** The same as data. */
export const newUsersOutput = (
  users: readonly NewUser[],
  { typed }: { typed: boolean },
): BrokerUserChangeOutput => ({
  schemaVersion: 1,
  users: users.map(({ name, role, password }) => ({ name, role, ...(!typed && { password }) })),
})
