import { parseDocument } from 'yaml'
import { EdgekitError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
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
 * Read `key=value` texts as they are typed: `modules.eventBus.mqttMode=2`. The value is one value of YAML 1.1, as
 * EdgeCore reads it. Throws EdgekitError (usage) for anything else, for a key that is likely a typing mistake
 * because EdgeCore ignores those without a word, and for a secret, which does not belong on a command line.
 */
export const parseAssignments = (texts: readonly string[]): Record<string, ConfigValue> =>
  Object.fromEntries(texts.map(parseAssignment))

function parseAssignment(text: string): [string, ConfigValue] {
  const equals = text.indexOf('=')
  const key = text.slice(0, Math.max(equals, 0)).trim()
  if (key === '') throw usage(`--set ${text}: expected key=value, such as modules.eventBus.mqttMode=2`)
  checkKey(key)
  return [key, readValue(key, text.slice(equals + 1))]
}

/** Throws EdgekitError for a key that may not be set in this way. */
export function checkKey(key: string): void {
  if (secretKeys.includes(key)) {
    const instead =
      key === 'modules.edgeHub.token'
        ? 'Use edgekit install --token-file FILE (or - for stdin).'
        : 'Write it into the file by hand, or into the one for edgekit install --edgecore-config FILE.'
    throw usage(
      `${key} is a secret, and everyone on this machine can read a command line, and the journal keeps it`,
      instead,
    )
  }
  const [top = '', module = ''] = keysOf(key)
  if (keysOf(key).includes('')) throw usage(`${key}: a part of the key is empty`)
  mistyped(key, top, topKeys)
  if (top === 'modules') mistyped(key, module, modules)
}

function mistyped(key: string, word: string, known: readonly string[]): void {
  const meant = known.includes(word) ? undefined : nearest(word, known)
  if (meant) throw usage(`${key}: EdgeCore has no ${word}; did you mean ${meant}?`)
}

function readValue(key: string, text: string): ConfigValue {
  const document = parseDocument(text, { version: '1.1', prettyErrors: false })
  const [mistake] = document.errors
  if (mistake) throw usage(`--set ${key}: ${JSON.stringify(text)} is not a YAML value: ${mistake.message}`)
  const value: unknown = document.toJS()
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw usage(
    `--set ${key}: expected one text, number or true/false, found ${describe(value)}`,
    value === null ? `For an empty text type: --set '${key}=""'` : 'Edit lists and maps in the file itself.',
  )
}

const usage = (message: string, remedy?: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', ...(remedy && { remedy }) })
