import { EdgekitError } from '../../lib/errors.ts'
import { readFileOrStdin } from '../read-named-file.ts'
import { promptPassword } from './prompt-password.ts'

/** MQTT 3.1.1, section 1.5.3. */
const maxBytes = 65_535

/**
 * The password of `--password-file`, which is its first line; undefined without the flag. Throws EdgekitError (usage) that does
 * not show it.
 */
export async function readPassword(
  file: string | undefined,
  names: readonly string[],
): Promise<string | undefined> {
  if (file === undefined) return undefined
  if (names.length > 1)
    throw usage(
      'cannot give several users the same password',
      'Leave out --password-file to generate one for each.',
    )
  const text = await textOf(file)
  const [password = '', ...rest] = text.replace(/\r?\n$/, '').split(/\r?\n/)
  if (rest.length > 0)
    throw usage('cannot use the password: it has more than one line', 'Give a file with one line.')
  return requirePassword(password, 'Use a longer one, or leave out --password-file to generate one.')
}

/** Throws EdgekitError (usage) for one that is too short, or that mosquitto would cut off. */
export function requirePassword(password: string, remedy: string): string {
  if (password.length < 12 || password.includes('\0'))
    throw usage('cannot use the password: it must have at least 12 characters', remedy)
  return password
}

async function textOf(file: string): Promise<string> {
  if (file === '-' && process.stdin.isTTY) return promptPassword('New password: ')
  return (await readFileOrStdin(file, maxBytes)).toString()
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
