import { type Document, isMap, isScalar, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml'
import { EdgekitError } from '../../lib/errors.ts'
import { excerpt } from '../../lib/format.ts'
import { parseYaml } from '../../yaml/parse.ts'
import { keysOf, pathOf } from './key-path.ts'

/** A parsed edgecore.yaml. */
export interface ParsedConfig {
  document: Document.Parsed
  value: unknown
  /** What messages call the file. */
  name: string
  /** `line 3, column 5` of an offset in the text. */
  place(offset: number): string
  lineOf: (node: Node) => number
}

/**
 * Parse edgecore.yaml as EdgeCore does: YAML 1.1, where `yes` and `on` are booleans (KubeEdge decodes it with
 * sigs.k8s.io/yaml), so duplicate keys are no mistake: EdgeCore uses the last one (seen with v1.23.1). Throws EdgekitError
 * with line and column for what is not one YAML map.
 */
export function parseConfig(text: string, name = 'edgecore.yaml'): ParsedConfig {
  const parsed = parseYaml(text, {
    version: '1.1',
    uniqueKeys: false,
    unknownTags: true,
    // Go's reader has no base-60 numbers: `1:30` is not ninety.
    customTags: tags => tags.filter(tag => typeof tag === 'string' || tag.format !== 'TIME'),
  })
  if (Array.isArray(parsed)) {
    const [{ line, column, message }] = parsed
    refuse(`${name} is not valid YAML at line ${line}, column ${column}: ${message}`)
  }
  const { document, value, at } = parsed
  const place = (offset: number): string => {
    const { line, column } = at(offset)
    return `line ${line}, column ${column}`
  }
  const root = document.contents
  if (root && !isMap(root) && !isEmpty(root)) {
    refuse(`${name} must hold keys and values, but ${place(start(root))} holds ${describe(value)}`)
  }
  return { document, value, name, place, lineOf: node => at(start(node)).line }
}

/** A node without a value: `key:`, `key: null` or `key: ~`. */
export function isEmpty(node: Node | null | undefined): boolean {
  return !node || ('value' in node && node.value === null)
}

/** The offset of a node's first character. */
export function start(node: Node): number {
  return node.range?.[0] ?? 0
}

/** A value in words: `the string "2"`, `the number 2`, `a list`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return `the ${typeof value} ${excerpt(JSON.stringify(value))}`
}

/** Throws EdgekitError: the file must be corrected manually. */
export function refuse(message: string): never {
  throw new EdgekitError(message, {
    code: 'edgecore-config-unusable',
    remedy: 'Correct the file, then run edgekit again.',
  })
}

/** The pair EdgeCore uses of those with this key. */
export const lastPair = (map: YAMLMap, key: string): Pair | undefined =>
  map.items.findLast(item => isScalar(item.key) && String(item.key.value) === key)

/** Keys that one map has more than once, by their dotted paths, with the lines. */
export function duplicateKeysIn(text: string): string[] {
  const { document, lineOf } = parseConfig(text)
  return isMap(document.contents) ? duplicatesIn(document.contents, [], lineOf) : []
}

function duplicatesIn(map: YAMLMap, above: readonly string[], lineOf: (node: Node) => number): string[] {
  const pairs = map.items.filter(({ key }) => isScalar(key))
  const groups = Object.entries(Object.groupBy(pairs, ({ key }) => String((key as Scalar).value)))
  return groups.flatMap(([key, same = []]) => {
    const path = [...above, key]
    const lines = same.map(({ key }) => lineOf(key as Node))
    const own = same.length > 1 ? [`${pathOf(path)} (lines ${lines.join(' and ')})`] : []
    const value = same.at(-1)?.value
    return [...own, ...(isMap(value) ? duplicatesIn(value, path, lineOf) : [])]
  })
}

/** Looks up values of edgecore.yaml by their dotted paths. Throws EdgekitError when it is not YAML. */
export function readKeys(text: string, name?: string): (path: string) => unknown {
  const root = parseConfig(text, name).value ?? {}
  return path => lookUp(root, path)
}

/** The value at a dotted path; undefined when there is none. */
function lookUp(root: unknown, path: string): unknown {
  let value = root
  for (const key of keysOf(path)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
