import { isDeepStrictEqual } from 'node:util'
import { isMap, type Scalar } from 'yaml'
import { type ConfigValue, editAt } from './config-edit.ts'
import { findPlace } from './config-place.ts'
import { keysOf } from './key-path.ts'
import { isEmpty, lastPair, type ParsedConfig, parseConfig, refuse, start } from './yaml-document.ts'

/** A changed key; without `before` when the key was missing. */
interface ConfigChange {
  path: string
  before?: unknown
  after: ConfigValue
}

interface Patched {
  text: string
  config: ParsedConfig
  changed: ConfigChange[]
}

/**
 * Set keys in edgecore.yaml by value. Replaces only the characters of keys that differ: comments, order, unknown keys,
 * quoting, line ends and layout stay byte for byte. Throws EdgekitError with line and column when the file is not valid or
 * setting a key would change something else (an anchor, a list in place of a map); messages call it `name`.
 */
export function patchEdgecoreConfig(
  text: string,
  values: Readonly<Record<string, ConfigValue>>,
  name?: string,
): { text: string; changed: ConfigChange[] } {
  const config = parseConfig(text, name)
  refuseOtherKind(config)
  const assignments = Object.entries(values)
  const { there = [], missing = [] } = Object.groupBy(assignments, ([path]) =>
    findPlace(config, path).kind === 'value' ? 'there' : 'missing',
  )
  // Existing values are replaced in one pass, because parsing is slow. Where a missing key goes depends on the keys added
  // before it, so each of those takes a pass of its own.
  const steps = [there, ...missing.map(assignment => [assignment])]
  const patched = steps.reduce(set, { text, config, changed: [] })
  return {
    text: patched.text,
    changed: assignments.flatMap(([path]) => patched.changed.find(change => change.path === path) ?? []),
  }
}

type Assignment = [path: string, value: ConfigValue]

function set({ text, config, changed }: Patched, assignments: Assignment[]): Patched {
  const edits = assignments.flatMap(([path, value]) => {
    const edit = editAt(text, findPlace(config, path), value)
    return edit ? [{ ...edit, path, value }] : []
  })
  if (edits.length === 0) return { text, config, changed }
  const edited = edits
    .toSorted((one, other) => other.from - one.from)
    .reduce((text, { from, to, insert }) => text.slice(0, from) + insert + text.slice(to), text)
  return {
    text: edited,
    config: parseOnlyChanged(config, edited, edits),
    changed: [
      ...changed,
      ...edits.map(({ path, before, value }) => ({
        path,
        ...(before === undefined ? {} : { before }),
        after: value,
      })),
    ],
  }
}

/** EdgeCore ignores `kind`, so it would silently run with its defaults. */
function refuseOtherKind(config: ParsedConfig): void {
  const root = config.document.contents
  const kind = isMap(root) ? (lastPair(root, 'kind')?.value as Scalar | undefined) : undefined
  if (!kind || isEmpty(kind) || String(kind.value).toLowerCase() === 'edgecore') return
  refuse(
    `cannot edit ${config.name}: ${config.place(start(kind))}: kind is ${String(kind.value)}, expected EdgeCore`,
  )
}

/** Parse the edited text to prove that only the given keys changed; refuse an unexpected layout. */
function parseOnlyChanged(
  before: ParsedConfig,
  after: string,
  edits: readonly { path: string; value: ConfigValue }[],
): ParsedConfig {
  const expected = plain(before)
  for (const { path, value } of edits) {
    let map = expected
    const keys = keysOf(path)
    for (const key of keys.slice(0, -1)) {
      const child = map[key]
      map = map[key] = typeof child === 'object' && child !== null ? (child as Record<string, unknown>) : {}
    }
    map[keys.at(-1) ?? ''] = value
  }
  const actual = parsedOrNot(after, before.name)
  if (actual && isDeepStrictEqual(plain(actual), expected)) return actual
  const paths = edits.map(({ path }) => path).join(', ')
  return refuse(`cannot set ${paths} in ${before.name} without changing something else`)
}

function parsedOrNot(text: string, name: string): ParsedConfig | undefined {
  try {
    return parseConfig(text, name)
  } catch {
    return undefined
  }
}

function plain(config: ParsedConfig): Record<string, unknown> {
  return (config.document.toJS() ?? {}) as Record<string, unknown>
}
