import { isMap, type Node, type Pair, Scalar, stringify, type YAMLMap } from 'yaml'
import type { Place } from './config-place.ts'
import { start } from './yaml-document.ts'

/** A value that edgekit sets. */
export type ConfigValue = string | number | boolean

/** Replace the characters from `from` up to `to`. */
export interface Edit {
  from: number
  to: number
  insert: string
  /** The old value; absent when the key was missing. */
  before?: unknown
}

const step = 2

/** The edit that writes a value at a place; undefined when the value is there. */
export function editAt(text: string, place: Place, value: ConfigValue): Edit | undefined {
  switch (place.kind) {
    case 'nothing':
      return append(text, lines(text, place.missing, value, 0))
    case 'map':
      return insertInto(text, place.map, place.missing, value)
    case 'empty':
      return place.inFlow
        ? fillInFlow(text, place.pair, place.missing, value)
        : fillEmpty(text, place.pair, place.missing, value)
    default:
      return replaceValue(text, place.pair, value)
  }
}

function replaceValue(
  text: string,
  pair: Pair<unknown, Scalar | null>,
  value: ConfigValue,
): Edit | undefined {
  const node = pair.value
  if (node?.value === value) return undefined
  if (isWrittenEmpty(text, node)) return { ...afterColon(text, pair, ` ${scalar(value)}`), before: null }
  const [from, to] = node?.range ?? [0, 0]
  // A block scalar (`|`) includes its line end; keep it.
  const lineEnd = /\r?\n$/.exec(text.slice(from, to))?.[0] ?? ''
  return { from, to, insert: scalar(value, node?.type) + lineEnd, before: node?.value }
}

function fillInFlow(text: string, pair: Pair, missing: readonly string[], value: ConfigValue): Edit {
  const node = pair.value as Node | null
  if (isWrittenEmpty(text, node)) return afterColon(text, pair, ` ${flow(missing, value)}`)
  const [from, to] = node?.range ?? [0, 0]
  return { from, to, insert: flow(missing, value) }
}

/** Add children to `eventBus:` or `eventBus: null`. */
function fillEmpty(text: string, pair: Pair, missing: readonly string[], value: ConfigValue): Edit {
  const node = pair.value as Node | null
  const key = pair.key as Node
  const below = lines(text, missing, value, column(text, start(key)) + step)
  if (isWrittenEmpty(text, node)) {
    const at = lineEndAfter(text, key.range?.[1] ?? 0)
    return { from: at, to: at, insert: eol(text) + below }
  }
  const [from, to] = node?.range ?? [0, 0]
  const end = lineEndAfter(text, to)
  const before = text.slice(0, from).trimEnd().length
  return { from: before, to: end, insert: text.slice(to, end) + eol(text) + below }
}

function insertInto(text: string, map: YAMLMap, missing: readonly string[], value: ConfigValue): Edit {
  if (map.flow) {
    const at = start(map) + 1
    const gap = /\s/.test(text[at] ?? '') ? '' : ' '
    const member = flow(missing, value).slice(2, -2)
    return { from: at, to: at, insert: map.items.length === 0 ? ` ${member} ` : ` ${member},${gap}` }
  }
  const first = map.items[0]?.key as Node
  const indent = column(text, start(first))
  const at = pastComments(text, endOfMap(text, map), indent)
  return append(text, lines(text, missing, value, indent), at)
}

/** Insert lines after the line at `offset`, or at the end of the text. */
function append(text: string, block: string, offset = text.length): Edit {
  const atLineStart = offset === 0 || text[offset - 1] === '\n'
  const at = atLineStart ? offset : lineEndAfter(text, offset)
  return {
    from: at,
    to: at,
    insert: atLineStart ? block + eol(text) : eol(text) + block + (at === text.length ? eol(text) : ''),
  }
}

/** The end of the last entry of a block map; comments after it belong to what follows. */
function endOfMap(text: string, map: YAMLMap): number {
  const last = map.items.at(-1)
  const value = last?.value as Node | null
  if (isMap(value) && !value.flow) return endOfMap(text, value)
  const key = last?.key as Node
  if (isWrittenEmpty(text, value)) return key.range?.[1] ?? 0
  return contentEnd(value as Node)
}

/** Comments indented deeper than the new key belong to the entry before it. */
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

function lines(text: string, keys: readonly string[], value: ConfigValue, indent: number): string {
  return keys
    .map((key, depth) => {
      const last = depth === keys.length - 1
      return `${' '.repeat(indent + depth * step)}${scalar(key)}:${last ? ` ${scalar(value)}` : ''}`
    })
    .join(eol(text))
}

function flow(keys: readonly string[], value: ConfigValue): string {
  return keys.reduceRight((inner, key) => `{ ${scalar(key)}: ${inner} }`, scalar(value))
}

function scalar(value: ConfigValue, like?: Scalar.Type | null): string {
  const node = new Scalar(value)
  if (typeof value === 'string' && (like === 'QUOTE_DOUBLE' || like === 'QUOTE_SINGLE')) node.type = like
  return stringify(node, { version: '1.1', lineWidth: 0 }).trimEnd()
}

/** Nothing follows the colon, not even `null`. */
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
