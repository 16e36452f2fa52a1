import { EdgekitError } from '../../lib/errors.ts'
import { excerpt } from '../../lib/format.ts'
import { parseYaml } from '../../yaml/parse.ts'
import { requireKnownKey } from '../known-keys/known-keys.ts'
import type { ConfigValue } from './config-edit.ts'
import { keysOf } from './key-path.ts'
import { secretKeys } from './secret-values.ts'
import { describe } from './yaml-document.ts'

/**
 * Parse assignments as typed: `modules.eventBus.mqttMode=2`. The value is a YAML 1.1 scalar, as EdgeCore reads it. Throws
 * EdgekitError (usage) for anything else, for a key that EdgeCore does not read unless it is in `force`, and for a secret,
 * which does not belong on a command line.
 */
export const parseAssignments = (
  texts: readonly string[],
  force: readonly string[] = [],
): Record<string, ConfigValue> => Object.fromEntries(texts.map(text => parseAssignment(text, force)))

function parseAssignment(text: string, force: readonly string[]): [string, ConfigValue] {
  const equals = text.indexOf('=')
  const key = text.slice(0, Math.max(equals, 0)).trim()
  if (key === '')
    throw usage(`cannot parse --set ${text}: expected KEY=VALUE, such as modules.eventBus.mqttMode=2`)
  checkKey(key, force)
  return [key, readValue(key, text.slice(equals + 1))]
}

/** Throws EdgekitError for a key that --set must not set; `force` has those that EdgeCore need not know. */
export function checkKey(key: string, force: readonly string[] = []): void {
  if (secretKeys.includes(key)) {
    const instead =
      key === 'modules.edgeHub.token'
        ? 'Pass the token in a file, or - for stdin:\n  edgekit install --token-file FILE'
        : 'Edit the file, or pass one that has it:\n  edgekit install --edgecore-config FILE'
    throw usage(
      `cannot set ${key}: it is a secret, and every user of this machine can read command lines`,
      instead,
    )
  }
  if (keysOf(key).includes('')) throw usage(`cannot set ${key}: a part of the key is empty`)
  requireKnownKey(key, force)
}

function readValue(key: string, text: string): ConfigValue {
  const parsed = parseYaml(text, { version: '1.1' })
  if (Array.isArray(parsed))
    throw usage(
      `cannot set ${key}: the value ${excerpt(JSON.stringify(text))} is not YAML: ${parsed[0]?.message}`,
      `To set these characters, quote them twice:\n  --set '${key}="VALUE"'`,
    )
  const { value } = parsed
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw usage(
    `cannot set ${key}: expected a string, a number, or true or false, found ${describe(value)}`,
    value === null
      ? `For an empty string, quote it:\n  --set '${key}=""'`
      : 'Edit lists and maps in the file.',
  )
}

const usage = (message: string, remedy?: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', ...(remedy && { remedy }) })
