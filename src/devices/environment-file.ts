import { EdgekitError } from '../lib/errors.ts'
import type { Environment } from './settings.ts'

/**
 * Parse a file of variables, which systemd reads, too (systemd.exec(5), EnvironmentFile=). Lines that other programs read in
 * another way are refused: with a backslash, or with a quote that is not around the whole value. Throws EdgekitError
 * (invalid-environment) that names the line, without its value.
 */
export function parseEnvironment(text: string, path: string): Environment {
  const variables: Record<string, string> = {}
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const { name, value } = /^(?<name>[A-Za-z_]\w*)=(?<value>.*)$/.exec(line)?.groups ?? {}
    const plain = value === undefined ? undefined : plainOf(value)
    if (name === undefined || plain === undefined)
      throw new EdgekitError(`cannot use ${path}: line ${index + 1} is not NAME=VALUE`, {
        code: 'invalid-environment',
        remedy: 'Write one variable a line, without export; put a value with blanks into single quotes.',
      })
    variables[name] = plain
  }
  return variables
}

/** Undefined: not a value that every program reads in the same way. */
function plainOf(value: string): string | undefined {
  const [, , quoted] = /^(['"])([^'"\\]*)\1$/.exec(value) ?? []
  return quoted ?? (/['"\\]/.test(value) ? undefined : value)
}
