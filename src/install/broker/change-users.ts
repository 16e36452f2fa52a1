import type { BrokerUsers } from '../../actions/services/broker-users.ts'
import { checkUserName, generatePassword, iterations, withUser } from '../../broker/access/password-file.ts'
import { edgecoreUser, type Role, roleOf, withRole } from '../../broker/access/roles.ts'
import { waitForLogin } from '../../broker/access/wait-for-login.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import { broker } from '../../node/paths.ts'
import {
  type AccessChange,
  accessOf,
  changeAccess,
  isBrokerRunning,
  requireKnownUsers,
} from './change-access.ts'
import { requireDeviceProfile } from './device-profile.ts'
import { endSessions } from './end-sessions.ts'

/** A user with the password that was just set; it is stored nowhere. */
export interface NewUser {
  name: string
  role: Role
  password: string
}

/** The users of the broker with their roles. Throws EdgekitError. Read-only. */
export async function listUsers(node: Node): Promise<{ name: string; role: Role | 'edgecore' }[]> {
  await requireDeviceProfile(node)
  const { users, acl } = await accessOf(node)
  return users.map(({ name }) => ({ name, role: name === edgecoreUser ? 'edgecore' : roleOf(acl, name) }))
}

/**
 * Adds users. Those without a password get a generated one. Returns them once the broker has accepted one of them. Throws
 * EdgekitError when one exists already.
 */
export async function addUsers(
  names: readonly string[],
  { role, password }: { role: Role; password: string | undefined },
  change: AccessChange,
): Promise<NewUser[]> {
  for (const name of names) checkUserName(name)
  const added = names.map(name => ({ name, role, password: password ?? generatePassword() }))
  await changeAccess(change, found => {
    const existing = found.users.find(({ name }) => names.includes(name))
    if (existing)
      throw new EdgekitError(`cannot add the user ${existing.name}: it exists already`, {
        code: 'broker-user-exists',
        remedy: `Set a new password:\n  edgekit broker user passwd ${existing.name}`,
      })
    return {
      users: added.reduce((users, user) => withPassword(users, user, password !== undefined), found.users),
      acl: names.reduce((acl, name) => withRole(acl, name, role), found.acl),
    }
  })
  await proveLogin(added, change)
  return added
}

/** Sets new passwords, which disconnects their users. The same as above otherwise; throws when one does not exist. */
export async function setPasswords(
  names: readonly string[],
  password: string | undefined,
  change: AccessChange,
): Promise<NewUser[]> {
  const changed: NewUser[] = []
  await changeAccess(change, found => {
    requireUsers(names, found)
    changed.push(
      ...names.map(name => ({
        name,
        role: roleOf(found.acl, name),
        password: password ?? generatePassword(),
      })),
    )
    return {
      ...found,
      users: changed.reduce((users, user) => withPassword(users, user, password !== undefined), found.users),
    }
  })
  await proveLogin(changed, change)
  return changed
}

/** How many durable sessions were deleted, or why they stay until they expire. */
export type EndedSessions = { sessions: number } | { reason: string }

/**
 * Removes users and their rules. The broker disconnects them, and their durable sessions are deleted if that is possible. Throws
 * EdgekitError when a user does not exist.
 */
export async function removeUsers(names: readonly string[], change: AccessChange): Promise<EndedSessions> {
  await changeAccess(change, found => {
    requireUsers(names, found)
    return {
      users: found.users.filter(({ name }) => !names.includes(name)),
      acl: {
        ...found.acl,
        users: new Map([...found.acl.users].filter(([name]) => !names.includes(name))),
      },
    }
  })
  const { node, signal } = change
  if (!(await isBrokerRunning(node))) return { reason: 'the broker is not running' }
  try {
    return { sessions: await endSessions(names, node, signal) }
  } catch (error) {
    signal.throwIfAborted()
    return { reason: messageOf(error) }
  }
}

const withPassword = (
  users: BrokerUsers['users'],
  { name, password }: NewUser,
  isTyped: boolean,
): BrokerUsers['users'] => withUser(users, name, password, isTyped ? iterations.typed : iterations.generated)

function requireUsers(names: readonly string[], found: BrokerUsers): void {
  if (names.includes(edgecoreUser))
    throw new EdgekitError(`cannot change the user ${edgecoreUser}: edgecore.yaml has its password`, {
      code: 'invalid-usage',
      remedy: 'Name another user.',
    })
  requireKnownUsers(names, found)
}

async function proveLogin(users: readonly NewUser[], { node }: AccessChange): Promise<void> {
  const last = users.at(-1)
  if (!last || !(await isBrokerRunning(node))) return
  const login = { username: last.name, password: last.password }
  await waitForLogin({ ...broker, login }, 15_000).catch((error: unknown) => {
    throw new EdgekitError(`the broker does not accept the user ${last.name}: ${messageOf(error)}`, {
      code: 'broker-unreachable',
      remedy: 'Find out why:\n  edgekit doctor\n  journalctl -u mosquitto -n 50 --no-pager',
      cause: error,
    })
  })
}
