import { isDeepStrictEqual } from 'node:util'
import { isAlias, isMap, isScalar, type Node, type Pair, Scalar, stringify, type YAMLMap } from 'yaml'
import { describe, isEmpty, type ParsedConfig, parseConfig, refuse, start } from './yaml-document.ts'

/** What edgecore.yaml may hold at a key that edgekit sets. */
export type ConfigValue = string | number | boolean

/** A key whose value was changed; without `before` when the key was not there. */
export interface ConfigChange {
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
  const changed: ConfigChange[] = []
  let current = text
  for (const [path, value] of Object.entries(values)) {
    const config = parseConfig(current)
    const edit = findEdit(current, config, path, value)
    if (!edit) continue
    const next = current.slice(0, edit.from) + edit.insert + current.slice(edit.to)
    assertOnlyThatChanged(config, next, path, value)
    changed.push({ path, ...(edit.before === undefined ? {} : { before: edit.before }), after: value })
    current = next
  }
  return { text: current, changed }
}

interface Edit {
  from: number
  to: number
  insert: string
  before?: unknown
}

function findEdit(text: string, config: ParsedConfig, path: string, value: ConfigValue): Edit | undefined {
  const keys = path.split('.')
  const root = config.document.contents
  if (!isMap(root)) return { ...append(text, lines(text, keys, value, 0, 2)) }
  let map: YAMLMap = root
  for (const [depth, key] of keys.entries()) {
    const pair = map.items.find(item => isScalar(item.key) && String(item.key.value) === key)
    const rest = keys.slice(depth + 1)
    if (!pair) return { ...insertInto(text, map, keys.slice(depth), value) }
    const node = pair.value as Node | null
    const where = keys.slice(0, depth + 1).join('.')
    if (node && (isAlias(node) || node.tag?.startsWith('!') || ('anchor' in node && node.anchor))) {
      refuse(
        `edgecore.yaml ${config.place(start(node))}: ${where} uses an anchor, an alias or a tag, which edgekit does not edit`,
      )
    }
    if (rest.length === 0) return setScalar(text, config, pair, where, value)
    if (isMap(node)) map = node
    else if (isEmpty(node)) return fillEmpty(text, pair, rest, value, map.flow === true)
    else
      refuse(
        `edgecore.yaml ${config.place(start(node as Node))}: ${where} must be a map, but is ${describe(node?.toJS(config.document))}`,
      )
  }
  return undefined
}

function setScalar(
  text: string,
  config: ParsedConfig,
  pair: Pair,
  where: string,
  value: ConfigValue,
): Edit | undefined {
  const node = pair.value as Node | null
  if (node && !isScalar(node)) {
    refuse(
      `edgecore.yaml ${config.place(start(node))}: ${where} must be one value, but is ${describe(node.toJS(config.document))}`,
    )
  }
  if (node && node.value === value) return undefined
  if (isWrittenEmpty(text, node)) return { ...afterColon(text, pair, ` ${scalar(value)}`), before: null }
  const [from, to] = node?.range ?? [0, 0]
  // A block scalar (`|`) ends with its line end, which has to stay.
  const lineEnd = /\r?\n$/.exec(text.slice(from, to))?.[0] ?? ''
  return { from, to, insert: scalar(value, node?.type) + lineEnd, before: node?.value }
}

/** `eventBus:` or `eventBus: null`, and something belongs below it. */
function fillEmpty(text: string, pair: Pair, rest: string[], value: ConfigValue, inFlow: boolean): Edit {
  const node = pair.value as Node | null
  const key = pair.key as Node
  if (inFlow) {
    if (isWrittenEmpty(text, node)) return afterColon(text, pair, ` ${flow(rest, value)}`)
    const [from, to] = node?.range ?? [0, 0]
    return { from, to, insert: flow(rest, value) }
  }
  const step = 2
  const below = lines(text, rest, value, column(text, start(key)) + step, step)
  if (isWrittenEmpty(text, node)) {
    const at = lineEndAfter(text, key.range?.[1] ?? 0)
    return { from: at, to: at, insert: eol(text) + below }
  }
  const [from, to] = node?.range ?? [0, 0]
  const end = lineEndAfter(text, to)
  const before = text.slice(0, from).trimEnd().length
  return { from: before, to: end, insert: text.slice(to, end) + eol(text) + below }
}

function insertInto(text: string, map: YAMLMap, keys: string[], value: ConfigValue): Edit {
  if (map.flow) {
    const at = start(map) + 1
    const gap = /\s/.test(text[at] ?? '') ? '' : ' '
    const member = flow(keys, value).slice(2, -2)
    return { from: at, to: at, insert: map.items.length === 0 ? ` ${member} ` : ` ${member},${gap}` }
  }
  const first = map.items[0]?.key as Node
  const indent = column(text, start(first))
  const at = pastComments(text, endOfMap(text, map), indent)
  return append(text, lines(text, keys, value, indent, 2), at)
}

/** New lines after the line that holds the offset (or at the end of the text). */
function append(text: string, block: string, offset = text.length): Edit {
  const atLineStart = offset === 0 || text[offset - 1] === '\n'
  const at = atLineStart ? offset : lineEndAfter(text, offset)
  return {
    from: at,
    to: at,
    insert: atLineStart ? block + eol(text) : eol(text) + block + (at === text.length ? eol(text) : ''),
  }
}

/** Where the last thing inside a block map ends; comments that follow it belong to whatever comes next. */
function endOfMap(text: string, map: YAMLMap): number {
  const last = map.items.at(-1)
  const value = last?.value as Node | null
  if (isMap(value) && !value.flow) return endOfMap(text, value)
  const key = last?.key as Node
  if (isWrittenEmpty(text, value)) return key.range?.[1] ?? 0
  return contentEnd(value as Node)
}

/** Comment lines indented deeper than the new key speak about what stands before it. */
function pastComments(text: string, offset: number, indent: number): number {
  const comments = new RegExp(`^\\r?\\n(?: {${indent + 1},}#[^\\n]*(?:\\r?\\n|$))+`)
  const end = lineEndAfter(text, offset)
  const found = comments.exec(text.slice(end))
  return found ? end + found[0].trimEnd().length : offset
}

function contentEnd(node: Node): number {
  if ('items' in node && !('flow' in node && node.flow)) {
    const last = (node.items as unknown[]).at(-1) as Node | Pair | undefined
    const inner = last && 'key' in last ? ((last.value ?? last.key) as Node) : (last as Node | undefined)
    if (inner?.range) return contentEnd(inner)
  }
  return node.range?.[1] ?? 0
}

function afterColon(text: string, pair: Pair, insert: string): Edit {
  const at = text.indexOf(':', (pair.key as Node).range?.[1] ?? 0) + 1
  return { from: at, to: at, insert }
}

function lines(
  text: string,
  keys: readonly string[],
  value: ConfigValue,
  indent: number,
  step: number,
): string {
  return keys
    .map((key, depth) => {
      const last = depth === keys.length - 1
      return `${' '.repeat(indent + depth * step)}${key}:${last ? ` ${scalar(value)}` : ''}`
    })
    .join(eol(text))
}

function flow(keys: readonly string[], value: ConfigValue): string {
  return keys.reduceRight((inner, key) => `{ ${key}: ${inner} }`, scalar(value))
}

function scalar(value: ConfigValue, like?: Scalar.Type | null): string {
  const node = new Scalar(value)
  if (typeof value === 'string' && (like === 'QUOTE_DOUBLE' || like === 'QUOTE_SINGLE')) node.type = like
  return stringify(node, { version: '1.1', lineWidth: 0 }).trimEnd()
}

/** Nothing is written after the colon, not even `null`. */
function isWrittenEmpty(text: string, node: Node | null): boolean {
  return !node?.range || text.slice(node.range[0], node.range[1]).trim() === ''
}

const eol = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')
const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1
const column = (text: string, offset: number): number => offset - lineStart(text, offset)

function lineEndAfter(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset)
  if (newline === -1) return text.length
  return text[newline - 1] === '\r' ? newline - 1 : newline
}

/** The edit is made on text; this reads the result back, so that a layout nobody thought of is refused, not spoilt. */
function assertOnlyThatChanged(before: ParsedConfig, after: string, path: string, value: ConfigValue): void {
  const expected = plain(before)
  let map = expected
  const keys = path.split('.')
  for (const key of keys.slice(0, -1)) {
    const child = map[key]
    map = map[key] = typeof child === 'object' && child !== null ? (child as Record<string, unknown>) : {}
  }
  map[keys.at(-1) ?? ''] = value
  let actual: unknown
  try {
    actual = plain(parseConfig(after))
  } catch {
    actual = undefined
  }
  if (!isDeepStrictEqual(actual, expected))
    refuse(`edgecore.yaml: edgekit cannot set ${path} in this file without changing something else`)
}

function plain(config: ParsedConfig): Record<string, unknown> {
  return (config.document.toJS() ?? {}) as Record<string, unknown>
}
