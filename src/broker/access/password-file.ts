import { pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { EdgekitError } from '../../lib/errors.ts'

/** A user in a password_file of mosquitto. */
export interface PasswordEntry {
  name: string
  /** `$7$ITERATIONS$SALT$HASH`, salt and hash in base64. */
  hash: string
}

/**
 * mosquitto verifies passwords in its only thread, and those of all connected clients at each reload. A generated password
 * cannot be guessed, so one typed by a person gets the iterations instead.
 */
export const iterations = { generated: 101, typed: 20_000 } as const

/** mosquitto 2.0 accepts no other length; 2.1 accepts this one, too. */
const saltBytes = 12
const hashBytes = 64

/** A password of 144 random bits. */
export const generatePassword = (): string => randomBytes(18).toString('base64url')

/** PBKDF2 with HMAC-SHA-512, as mosquitto_passwd of mosquitto 2.0 writes it (src/password_mosq.c, `pw_sha512_pbkdf2`). */
export function hashPassword(password: string, rounds: number): string {
  const salt = randomBytes(saltBytes)
  const hash = derive(password, salt, rounds)
  return `$7$${rounds}$${salt.toString('base64')}$${hash.toString('base64')}`
}

/** Whether the password is the one of a hash that `hashPassword` can write. */
export function matchesHash(password: string, hash: string): boolean {
  const [, rounds, salt = '', expected = ''] = /^\$7\$(\d{1,9})\$([^$]+)\$([^$]+)$/.exec(hash) ?? []
  if (rounds === undefined) return false
  const found = Buffer.from(expected, 'base64')
  return (
    found.length === hashBytes &&
    timingSafeEqual(found, derive(password, Buffer.from(salt, 'base64'), Number(rounds)))
  )
}

const derive = (password: string, salt: Buffer, rounds: number): Buffer =>
  pbkdf2Sync(Buffer.from(password, 'utf8'), salt, rounds, hashBytes, 'sha512')

/** The users of a password_file, in its order, each name once. Lines without a user and a password are dropped. */
export function readPasswordFile(text: string): PasswordEntry[] {
  const entries = new Map<string, PasswordEntry>()
  for (const line of text.split('\n')) {
    const [name = '', hash = ''] = line.split(':').map(part => part.trim())
    if (line.startsWith('#') || name === '' || hash === '' || entries.has(name)) continue
    entries.set(name, { name, hash })
  }
  return [...entries.values()]
}

/** A line of a password_file whose user cannot log in. */
export interface UnreadableEntry {
  user: string
  why: string
  /** mosquitto 2.1 and later read it. */
  needsVersion21: boolean
}

/** The users that mosquitto 2.0 cannot log in: it drops their lines with a message at its start (password_file.c). */
export const unreadableEntries = (text: string): UnreadableEntry[] =>
  text.split('\n').flatMap(line => {
    const [user = '', hash = ''] = line.split(':').map(part => part.trim())
    return line.trim() === '' || line.startsWith('#')
      ? []
      : hashProblems(hash).map(found => ({ user, ...found }))
  })

function hashProblems(hash: string): Omit<UnreadableEntry, 'user'>[] {
  if (hash === '') return [{ why: 'has no password', needsVersion21: false }]
  if (hash.startsWith('$argon2'))
    return [{ why: 'has a hash that only mosquitto 2.1 reads (argon2id)', needsVersion21: true }]
  const [, type, salt = '', rest] = /^\$([67])\$(?:\d+\$)?([^$]+)\$([^$]+)$/.exec(hash) ?? []
  if (rest === undefined) return [{ why: 'has a password that is not hashed', needsVersion21: false }]
  return type === '7' && Buffer.from(salt, 'base64').length !== saltBytes
    ? [{ why: 'has a salt that only mosquitto 2.1 reads', needsVersion21: true }]
    : []
}

export const formatPasswordFile = (entries: readonly PasswordEntry[]): string =>
  entries.map(({ name, hash }) => `${name}:${hash}\n`).join('')

/** The same users, some of them with another password, in their places, and new ones at the end. */
export const withUsers = (
  entries: readonly PasswordEntry[],
  changed: readonly PasswordEntry[],
): PasswordEntry[] => [...new Map([...entries, ...changed].map(entry => [entry.name, entry])).values()]

/** The same users, one of them with this generated password; without a change when it has that already. */
export function withGeneratedPassword(
  entries: PasswordEntry[],
  name: string,
  password: string,
): PasswordEntry[] {
  const known = entries.find(entry => entry.name === name)
  if (known && matchesHash(password, known.hash)) return entries
  return withUsers(entries, [{ name, hash: hashPassword(password, iterations.generated) }])
}

/** A device can use its name as a level of a topic, so the characters of topic filters are not allowed. */
const forbidden = /^-|[:+#/$%\s\p{Cc}\p{Cs}]/u
const maxNameBytes = 200

/** Throws EdgekitError (usage) for a name that mosquitto or an ACL pattern would not take as it is. */
export function checkUserName(name: string): void {
  const bytes = Buffer.byteLength(name)
  if (bytes > 0 && bytes <= maxNameBytes && !forbidden.test(name)) return
  throw new EdgekitError(`invalid user name ${JSON.stringify(name)}: it is a level of MQTT topics`, {
    code: 'invalid-usage',
    remedy: `Use 1 to ${maxNameBytes} bytes without blanks, control characters, and any of : + # / $ %, and do not begin with -.`,
  })
}
