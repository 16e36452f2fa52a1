import { pathOf } from './config/key-path.ts'
import { parseConfig } from './config/yaml-document.ts'

/** Values of edgecore.yaml as text by dotted path, without tokens, and of passwords only whether they are set. */
export type ConfigValues = Readonly<Record<string, string>>

/** The values in an edgecore.yaml; undefined when it is not valid YAML. */
export function valuesIn(text: string): ConfigValues | undefined {
  try {
    return Object.fromEntries(leaves(parseConfig(text).value, []))
  } catch {
    return undefined
  }
}

/** EdgeCore takes null for an absent key, and reads a number where it expects a string. */
function leaves(value: unknown, path: readonly string[]): [string, string][] {
  if (value === null || value === undefined) return []
  const key = path.at(-1) ?? ''
  // EdgeCore empties the token once it has its certificate, and fills in the one of `keadm join`.
  if (/token$/i.test(key)) return []
  if (typeof value !== 'object' || Array.isArray(value)) return [[pathOf(path), shown(key, value)]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
}

const shown = (key: string, value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /password$/i.test(key) && text !== '' ? '(set)' : text
}

/** Go leaves such values out of some keys (`omitempty`). */
const isZero = (value: string): boolean => ['', '0', 'false', '[]'].includes(value)

/** EdgeCore v1.21 and later fills it in. */
const version = 'edgecoreVersion'

/** Its default is the address that the node had when EdgeCore wrote it. */
const quicServer = 'modules.edgeHub.quic.server'

/**
 * Whether a user has changed the file since it had the values `left`. EdgeCore rewrites it in its own
 * layout, with its defaults, when another version wrote it (v1.21 and later: app/server.go), and to empty the token once it has
 * its certificate (v1.13 and later: cleanupToken). `defaults` returns what `edgecore --defaultconfig` prints, or undefined.
 */
export async function isEditedSince(
  left: ConfigValues,
  text: string,
  defaults: () => Promise<string | undefined>,
): Promise<boolean> {
  const now = valuesIn(text)
  if (!now) return true
  const differs = (path: string): boolean =>
    now[path] === undefined ? !isZero(left[path] ?? '') : now[path] !== left[path]
  if (Object.keys(left).some(path => path !== version && differs(path))) return true
  const added = Object.keys(now).filter(path => !(path in left) && path !== version && path !== quicServer)
  if (added.length === 0) return false
  const known = valuesIn((await defaults()) ?? '') ?? {}
  return added.some(path => now[path] !== known[path])
}
