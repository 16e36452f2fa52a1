import { isScalar, type Scalar, visit } from 'yaml'
import { parseConfig } from './yaml-document.ts'

/** Keys whose values must not appear in a log, journal, process list or report. */
export const secretKeys: readonly string[] = ['modules.edgeHub.token', 'modules.eventBus.mqttPassword']

/** Matches misplaced secrets too: EdgeCore ignores unknown keys. */
const secretName = /(token|password)$/i

interface Found {
  name: string
  from: number
  to: number
  value: string
}

function secretsIn(text: string): Found[] {
  const found: Found[] = []
  visit(parseConfig(text).document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !secretName.test(String(key.value)) || !isScalar(value) || !value.range) return
      const [from, to] = (value as Scalar.Parsed).range
      // Empty values are no secret, and worth showing.
      if (value.value === null || value.value === '') return
      found.push({ name: String(key.value), from, to, value: JSON.stringify(value.value) })
    },
  })
  return found
}

function replaced(text: string, secrets: readonly Found[], word: (secret: Found) => string): string {
  let result = text
  for (const secret of secrets.toReversed()) {
    // A block scalar includes its line end; keep it.
    const lineEnd = /\r?\n$/.exec(result.slice(secret.from, secret.to))?.[0] ?? ''
    result = result.slice(0, secret.from) + word(secret) + lineEnd + result.slice(secret.to)
  }
  return result
}

/**
 * Mask tokens and passwords in two versions of an edgecore.yaml: `(hidden)`, or `(hidden, new)` for a changed one. Throws
 * EdgekitError when one of them is not YAML.
 */
export function withoutSecrets(
  before: string | undefined,
  after: string,
): { before: string | undefined; after: string } {
  const old = before === undefined ? [] : secretsIn(before)
  const known = new Set(old.map(({ name, value }) => `${name}: ${value}`))
  return {
    before: before === undefined ? undefined : replaced(before, old, () => '(hidden)'),
    after: replaced(after, secretsIn(after), ({ name, value }) =>
      known.has(`${name}: ${value}`) ? '(hidden)' : '(hidden, new)',
    ),
  }
}
