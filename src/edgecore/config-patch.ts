import { isDeepStrictEqual } from 'node:util'
import { isMap } from 'yaml'
import { type ConfigValue, editAt } from './config-edit.ts'
import { findPlace } from './config-place.ts'
import { keysOf } from './key-path.ts'
import { isEmpty, type ParsedConfig, parseConfig, refuse, start } from './yaml-document.ts'

/** A key whose value was changed; without `before` when the key was not there. */
interface ConfigChange {
  path: string
  before?: unknown
  after: ConfigValue
}

/**
 * Set keys in edgecore.yaml by value. Only the characters of keys that differ are replaced, so comments, order,
 * unknown keys, quoting, line ends and layout of everything else stay byte for byte; a file that already says all of
 * it comes back as it is. Throws EdgekitError with line and column when the file cannot be read or a key cannot be
 * set without changing something else (an anchor, a list where a map belongs).
 */
export function patchEdgecoreConfig(
  text: string,
  values: Readonly<Record<string, ConfigValue>>,
): { text: string; changed: ConfigChange[] } {
  let config = parseConfig(text)
  refuseOtherKind(config)
  const changed: ConfigChange[] = []
  let current = text
  for (const [path, value] of Object.entries(values)) {
    const edit = editAt(current, findPlace(config, path), value)
    if (!edit) continue
    current = current.slice(0, edit.from) + edit.insert + current.slice(edit.to)
    config = parseOnlyChanged(config, current, path, value)
    changed.push({ path, ...(edit.before === undefined ? {} : { before: edit.before }), after: value })
  }
  return { text: current, changed }
}

/** EdgeCore itself reads a file of any kind, so that nobody would be told why nothing of it takes effect. */
function refuseOtherKind(config: ParsedConfig): void {
  const root = config.document.contents
  const kind = isMap(root) ? root.get('kind', true) : undefined
  if (!kind || isEmpty(kind) || String(kind.value).toLowerCase() === 'edgecore') return
  refuse(
    `edgecore.yaml ${config.place(start(kind))}: kind is ${String(kind.value)}, expected EdgeCore; this file is for something else`,
  )
}

/** The edit is made on text; this reads the result back, so that a layout nobody thought of is refused, not spoilt. */
function parseOnlyChanged(
  before: ParsedConfig,
  after: string,
  path: string,
  value: ConfigValue,
): ParsedConfig {
  const expected = plain(before)
  let map = expected
  const keys = keysOf(path)
  for (const key of keys.slice(0, -1)) {
    const child = map[key]
    map = map[key] = typeof child === 'object' && child !== null ? (child as Record<string, unknown>) : {}
  }
  map[keys.at(-1) ?? ''] = value
  const actual = parsedOrNot(after)
  if (actual && isDeepStrictEqual(plain(actual), expected)) return actual
  return refuse(`edgecore.yaml: edgekit cannot set ${path} in this file without changing something else`)
}

function parsedOrNot(text: string): ParsedConfig | undefined {
  try {
    return parseConfig(text)
  } catch {
    return undefined
  }
}

function plain(config: ParsedConfig): Record<string, unknown> {
  return (config.document.toJS() ?? {}) as Record<string, unknown>
}
