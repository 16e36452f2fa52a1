import { setImmediate } from 'node:timers/promises'
import { type BrokerUsers, isBrokerRunning, withoutUsers } from '../../actions/services/broker-users.ts'
import {
  checkUserName,
  generatePassword,
  hashPassword,
  iterations,
  type PasswordEntry,
  withUsers,
} from '../../broker/access/password-file.ts'
import { edgecoreUser, type Role, roleOf, withRole } from '../../broker/access/roles.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import { type AccessChange, accessOf, changeAccess, requireKnownUsers } from './change-access.ts'
import { requireDeviceProfile } from './device-profile.ts'
import { endSessions } from './end-sessions.ts'
import { logIn } from './log-in.ts'

/** A user to add or to change, and its password; without one it gets a generated one. */
export interface UserRequest {
  name: string
  password: string | undefined
}

/** A user with the password that was just set; it is stored nowhere. */
export interface NewUser {
  name: string
  role: Role
  password: string
  isGenerated: boolean
}

/** The users of the broker with their roles. Throws EdgekitError. Read-only. */
export async function listUsers(node: Node): Promise<{ name: string; role: Role | 'edgecore' }[]> {
  await requireDeviceProfile(node)
  const { users, acl } = await accessOf(node)
  return users.map(({ name }) => ({ name, role: name === edgecoreUser ? 'edgecore' : roleOf(acl, name) }))
}

/**
 * Adds users, and returns them once the broker has accepted the last of them. Throws EdgekitError when one exists already. Either
 * all of them are added or none.
 */
export async function addUsers(
  requests: readonly UserRequest[],
  role: Role,
  change: AccessChange,
): Promise<NewUser[]> {
  for (const { name } of requests) checkUserName(name)
  const { passwords, entries } = await hashed(requests, change.signal)
  const names = new Set(passwords.keys())
  await changeAccess(change, {
    isTried: false,
    change: found => {
      const existing = found.users.find(({ name }) => names.has(name))
      if (existing)
        throw new EdgekitError(`cannot add the user ${existing.name}: it exists already`, {
          code: 'broker-user-exists',
          remedy: `Set a new password:\n  edgekit broker user passwd ${existing.name}`,
        })
      return {
        users: withUsers(found.users, entries),
        acl: [...names].reduce((acl, name) => withRole(acl, name, role), found.acl),
      }
    },
    prove: () => proveLogin(passwords, change),
  })
  return requests.map(request => newUser(request, role, passwords))
}

/** Sets new passwords, which disconnects their users. The same as above otherwise; throws when one does not exist. */
export async function setPasswords(
  requests: readonly UserRequest[],
  change: AccessChange,
): Promise<NewUser[]> {
  const { passwords, entries } = await hashed(requests, change.signal)
  const changed: NewUser[] = []
  await changeAccess(change, {
    isTried: false,
    change: found => {
      requireUsers([...passwords.keys()], found)
      changed.push(...requests.map(request => newUser(request, roleOf(found.acl, request.name), passwords)))
      return { ...found, users: withUsers(found.users, entries) }
    },
    prove: () => proveLogin(passwords, change),
  })
  return changed
}

/** How many durable sessions were deleted, or why they stay until they expire. */
export type EndedSessions = { sessions: number } | { reason: string }

/**
 * Removes users and their rules. The broker disconnects them, and their durable sessions are deleted if that is possible. Throws
 * EdgekitError when a user does not exist.
 */
export async function removeUsers(names: readonly string[], change: AccessChange): Promise<EndedSessions> {
  let ended: EndedSessions = { sessions: 0 }
  await changeAccess(change, {
    isTried: false,
    change: found => {
      requireUsers(names, found)
      return withoutUsers(found, names)
    },
    prove: async () => {
      ended = await endTheirSessions(names, change)
    },
  })
  return ended
}

async function endTheirSessions(
  names: readonly string[],
  { node, signal }: AccessChange,
): Promise<EndedSessions> {
  if (!(await isBrokerRunning(node))) return { reason: 'the broker is not running' }
  try {
    return { sessions: await endSessions(names, node, signal) }
  } catch (error) {
    signal.throwIfAborted()
    return { reason: messageOf(error) }
  }
}

/** Passwords by user, and their lines of the password_file. */
interface Hashed {
  passwords: Map<string, string>
  entries: PasswordEntry[]
}

/** A thousand passwords of people take 15 s, in which Ctrl-C must work. */
async function hashed(requests: readonly UserRequest[], signal: AbortSignal): Promise<Hashed> {
  const passwords = new Map<string, string>()
  const entries: PasswordEntry[] = []
  for (const { name, password } of requests) {
    signal.throwIfAborted()
    const set = password ?? generatePassword()
    const rounds = password === undefined ? iterations.generated : iterations.typed
    passwords.set(name, set)
    entries.push({ name, hash: hashPassword(set, rounds) })
    await setImmediate()
  }
  return { passwords, entries }
}

const newUser = ({ name, password }: UserRequest, role: Role, passwords: Hashed['passwords']): NewUser => ({
  name,
  role,
  password: passwords.get(name) ?? '',
  isGenerated: password === undefined,
})

function requireUsers(names: readonly string[], found: BrokerUsers): void {
  if (names.includes(edgecoreUser))
    throw new EdgekitError(`cannot change the user ${edgecoreUser}: edgecore.yaml has its password`, {
      code: 'invalid-usage',
      remedy: 'Name another user.',
    })
  requireKnownUsers(names, found)
}

async function proveLogin(passwords: Hashed['passwords'], { node }: AccessChange): Promise<void> {
  const [username, password] = [...passwords].at(-1) ?? []
  if (username === undefined || password === undefined) return
  await logIn({ username, password }, node).catch((error: unknown) => {
    if (error instanceof EdgekitError) throw error
    throw new EdgekitError(`the broker does not accept the user ${username}: ${messageOf(error)}`, {
      code: 'broker-unreachable',
      remedy: 'Find out why:\n  edgekit doctor\n  journalctl -u mosquitto -n 50 --no-pager',
      cause: error,
    })
  })
}
