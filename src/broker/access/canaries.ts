import { randomBytes } from 'node:crypto'
import type { BrokerLogin } from '../../edgecore/config/mqtt-credentials.ts'
import type { Acl } from './acl.ts'
import { generatePassword, hashPassword, iterations, type PasswordEntry, withUsers } from './password-file.ts'
import { withRole } from './roles.ts'

/** Users for a test of the broker's access control, which exist only during the test. */
export interface Canaries {
  device: BrokerLogin
  backend: BrokerLogin
}

interface Access {
  users: PasswordEntry[]
  acl: Acl
}

const prefix = 'edgekit-canary-'

/** Without what a test has left that was killed. */
export function dropCanaries({ users, acl }: Access): Access {
  return {
    users: users.filter(({ name }) => !name.startsWith(prefix)),
    acl: { ...acl, users: new Map([...acl.users].filter(([name]) => !name.startsWith(prefix))) },
  }
}

/** One more user for each role. */
export function withCanaries({ users, acl }: Access): Access & { canaries: Canaries } {
  const login = (role: string): BrokerLogin => ({
    username: `${prefix}${role}-${randomBytes(4).toString('hex')}`,
    password: generatePassword(),
  })
  const canaries = { device: login('device'), backend: login('backend') }
  const added = Object.values(canaries).map(({ username, password }) => ({
    name: username,
    hash: hashPassword(password, iterations.generated),
  }))
  return {
    users: withUsers(users, added),
    acl: withRole(acl, canaries.backend.username, 'backend'),
    canaries,
  }
}
