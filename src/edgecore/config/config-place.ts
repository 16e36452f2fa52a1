import { isAlias, isMap, isScalar, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml'
import { keysOf, pathOf } from './key-path.ts'
import { describe, isEmpty, lastPair, type ParsedConfig, refuse, start } from './yaml-document.ts'

/** Where the value of a key is in edgecore.yaml, or where it goes. */
export type Place =
  /** The key exists with a scalar, or nothing after its colon. */
  | { kind: 'value'; pair: Pair<unknown, Scalar | null> }
  /** A parent is empty (`eventBus: null`); the `missing` keys go below it. */
  | { kind: 'empty'; pair: Pair; missing: string[]; inFlow: boolean }
  /** The deepest existing map lacks the `missing` keys. */
  | { kind: 'map'; map: YAMLMap; missing: string[] }
  /** The file has only comments. */
  | { kind: 'nothing'; missing: string[] }

/**
 * Find the place of a key. Throws EdgekitError with line and column where setting it would change something else: at an
 * anchor, an alias or a tag, at a list in place of a map, at a map in place of a value.
 */
export function findPlace(config: ParsedConfig, path: string): Place {
  const keys = keysOf(path)
  const root = config.document.contents
  if (!isMap(root)) return { kind: 'nothing', missing: keys }
  let map: YAMLMap = root
  for (const [depth, key] of keys.entries()) {
    const pair = lastPair(map, key)
    if (!pair) return { kind: 'map', map, missing: keys.slice(depth) }
    const node = pair.value as Node | null
    const where = pathOf(keys.slice(0, depth + 1))
    refuseShared(config, node, where)
    if (depth === keys.length - 1) return { kind: 'value', pair: valueOnly(config, pair, where) }
    if (isMap(node)) map = node
    else if (isEmpty(node))
      return { kind: 'empty', pair, missing: keys.slice(depth + 1), inFlow: map.flow === true }
    else refuseKind(config, node as Node, `${where} must be a map`)
  }
  throw new Error('a path has at least one key')
}

function refuseShared(config: ParsedConfig, node: Node | null, where: string): void {
  if (!node) return
  if (isAlias(node) || node.tag?.startsWith('!') || ('anchor' in node && node.anchor)) {
    refuse(
      `cannot edit ${config.name}: ${config.place(start(node))}: ${where} uses an anchor, an alias or a tag`,
    )
  }
}

function valueOnly(config: ParsedConfig, pair: Pair, where: string): Pair<unknown, Scalar | null> {
  const node = pair.value as Node | null
  if (node && !isScalar(node)) refuseKind(config, node, `${where} must be one value`)
  return pair as Pair<unknown, Scalar | null>
}

function refuseKind(config: ParsedConfig, node: Node, expected: string): never {
  refuse(
    `cannot edit ${config.name}: ${config.place(start(node))}: ${expected}, but is ${describe(node.toJS(config.document))}`,
  )
}
