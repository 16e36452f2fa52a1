import type { UserRequest } from '../../install/broker/change-users.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { readFileOrStdin } from '../read-named-file.ts'
import { readPassword, requirePassword } from './read-password.ts'

/** A hundred thousand users. */
const maxBytes = 16 * 1024 * 1024

interface UserFlags {
  from?: string | undefined
  'password-file'?: string | undefined
}

/**
 * Users and their passwords: the names of a command line, or the lines of the file of `--from`, each `NAME` or `NAME:PASSWORD`.
 * Throws EdgekitError (usage), which does not show a password.
 */
export async function readUsers(
  names: readonly string[] | undefined,
  flags: UserFlags,
): Promise<UserRequest[]> {
  const { from } = flags
  if (from !== undefined && names === undefined) return await readList(from)
  const unique = commandLineNames(names, from)
  const password = await readPassword(flags['password-file'], unique)
  return unique.map(name => ({ name, password }))
}

/** The names alone; a file with passwords is refused. */
export async function readNames(
  names: readonly string[] | undefined,
  { from }: UserFlags,
): Promise<string[]> {
  if (from === undefined || names !== undefined) return commandLineNames(names, from)
  const users = await readList(from)
  const odd = users.find(({ password }) => password !== undefined)
  if (odd) throw usage(`${nameOf(from)} has a password of ${odd.name}`, 'Write only the names.')
  return users.map(({ name }) => name)
}

function commandLineNames(names: readonly string[] | undefined, from: string | undefined): string[] {
  if (names !== undefined && from === undefined) return [...new Set(names)]
  throw usage(
    names === undefined ? 'no user is named' : 'cannot combine names with --from',
    'Give either names or --from FILE.',
  )
}

const nameOf = (from: string): string => (from === '-' ? 'stdin' : from)

async function readList(from: string): Promise<UserRequest[]> {
  const text = (await readFileOrStdin(from, maxBytes)).toString().replace(/^\uFEFF/, '')
  const users = new Map<string, UserRequest>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const where = `line ${index + 1} of ${nameOf(from)}`
    const [, name = '', , password] = /^([^:]*)(:(.*))?$/.exec(line) ?? []
    if (users.has(name)) throw usage(`${where} names ${name} again`, 'Name each user once.')
    if (password !== undefined)
      requirePassword(password, `Use a longer one in ${where}, or leave it out to generate one.`)
    users.set(name, { name, password })
  }
  if (users.size === 0) throw usage(`${nameOf(from)} names no user`, 'Write one name on each line.')
  return [...users.values()]
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
