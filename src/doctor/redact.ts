import { isSecretKey, redactionRules } from './redaction-rules.ts'

const mask = '***'

export interface Redactor {
  /** Remember the secrets in this text, to mask them in any other text. */
  learn(text: string): void
  /** Remember the secrets in plain data. */
  learnData(value: unknown): void
  text(text: string): string
  /** Remember a value that is not known to be harmless; returns what to show in its place. */
  hide: (value: string) => string
  /** A copy of plain data with all strings masked, and strings under a secret key replaced. */
  data<T>(value: T): T
  /** How often each rule has masked something since the last call. */
  takeCounts(): Record<string, number>
}

/** Whether to mask a secret in any text. A word such as `mosquitto` would hide too much; it is masked only under its key. */
const isUnmistakable = (secret: string): boolean =>
  secret.length >= 16 || (secret.length >= 6 && /[^a-z]/i.test(secret) && !/^[\d.:-]+$/.test(secret))

/** Masks secrets in everything that goes into a report or a support archive. */
export function createRedactor(): Redactor {
  const known = new Set<string>()
  let counts: Record<string, number> = {}
  const count = (rule: string): string => {
    counts[rule] = (counts[rule] ?? 0) + 1
    return mask
  }

  const learnValue = (value: string): void => {
    for (const line of value.split('\n')) {
      const secret = line.trim().replace(/^(["'])(.*)\1$/, '$2')
      if (isUnmistakable(secret)) known.add(secret)
    }
  }

  const text = (from: string): string => {
    let result = from
    for (const secret of known) {
      result = result.replaceAll(secret, () => count('secret of this node'))
    }
    for (const { name, pattern, until } of redactionRules) {
      result = result.replace(pattern, (...match) => {
        const whole = match[0] as string
        const found = (match.at(-1) as { secret: string }).secret
        const end = until === undefined ? -1 : found.lastIndexOf(until)
        const secret = end > 0 ? found.slice(0, end) : found
        if (secret.trim() === '' || secret === mask) return whole
        const at = whole.lastIndexOf(secret)
        // Keep the line end of a block of lines.
        const lineEnd = secret.endsWith('\n') ? '\n' : ''
        return whole.slice(0, at) + count(name) + lineEnd + whole.slice(at + secret.length)
      })
    }
    return result
  }

  /** A copy with every string replaced by `change`, which is called with whether its key is secret. */
  const mapTexts = (
    value: unknown,
    change: (text: string, secret: boolean) => string,
    secret = false,
  ): unknown => {
    if (typeof value === 'string') return change(value, secret)
    if (Array.isArray(value)) return value.map(item => mapTexts(item, change, secret))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        // A setting of edgecore.yaml is `{ value, written }` under its key.
        mapTexts(item, change, isSecretKey(key) || (secret && (key === 'value' || key === 'written'))),
      ]),
    )
  }

  return {
    learn(config) {
      for (const { pattern } of redactionRules.filter(({ teaches }) => teaches)) {
        for (const { groups } of config.matchAll(pattern)) learnValue(groups?.['secret'] ?? '')
      }
    },
    learnData(value) {
      mapTexts(value, (text, secret) => {
        if (secret) learnValue(text)
        return text
      })
    },
    text,
    hide(value) {
      if (value === mask) return mask
      learnValue(value)
      return count('may be secret')
    },
    data: <T>(value: T) =>
      mapTexts(value, (found, secret) =>
        !secret || found === '' || found === mask ? text(found) : count('text under a secret key'),
      ) as T,
    takeCounts() {
      const taken = counts
      counts = {}
      return taken
    },
  }
}
