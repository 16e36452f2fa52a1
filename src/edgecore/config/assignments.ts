import { EdgekitError } from '../../lib/errors.ts'
import { excerpt } from '../../lib/format.ts'
import { nearest } from '../../lib/nearest.ts'
import { parseYaml } from '../../yaml/parse.ts'
import type { ConfigValue } from './config-edit.ts'
import { keysOf } from './key-path.ts'
import { secretKeys } from './secret-values.ts'
import { describe } from './yaml-document.ts'

/** The modules of EdgeCore v1.12 to v1.23 (componentconfig v1alpha2 types.go). */
const modules = [
  'dbTest',
  'deviceTwin',
  'edgeHub',
  'edgeStream',
  'edged',
  'eventBus',
  'metaManager',
  'serviceBus',
  'taskManager',
]
const topKeys = ['apiVersion', 'database', 'edgecoreVersion', 'featureGates', 'kind', 'modules']

/**
 * Parse assignments as typed: `modules.eventBus.mqttMode=2`. The value is a YAML 1.1 scalar, as EdgeCore reads it. Throws
 * EdgekitError (usage) for anything else, for a likely typo, which EdgeCore would ignore silently, and for a secret, which
 * does not belong on a command line.
 */
export const parseAssignments = (texts: readonly string[]): Record<string, ConfigValue> =>
  Object.fromEntries(texts.map(parseAssignment))

function parseAssignment(text: string): [string, ConfigValue] {
  const equals = text.indexOf('=')
  const key = text.slice(0, Math.max(equals, 0)).trim()
  if (key === '')
    throw usage(`cannot parse --set ${text}: expected KEY=VALUE, such as modules.eventBus.mqttMode=2`)
  checkKey(key)
  return [key, readValue(key, text.slice(equals + 1))]
}

/** Throws EdgekitError for a key that --set must not set. */
export function checkKey(key: string): void {
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
  const [top = '', module = ''] = keysOf(key)
  if (keysOf(key).includes('')) throw usage(`cannot set ${key}: a part of the key is empty`)
  mistyped(key, top, topKeys)
  if (top === 'modules') mistyped(key, module, modules)
}

function mistyped(key: string, word: string, known: readonly string[]): void {
  const meant = known.includes(word) ? undefined : nearest(word, known)
  if (meant) throw usage(`cannot set ${key}: EdgeCore has no ${word}; did you mean ${meant}?`)
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
