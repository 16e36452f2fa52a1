import { isMap, type Node, type Pair, type YAMLMap } from 'yaml'
import type { ConfigValue } from './config-edit.ts'
import { patchEdgecoreConfig } from './config-patch.ts'
import { keysOf } from './key-path.ts'
import { lastPair, parseConfig, readKeys } from './yaml-document.ts'

const isValue = (value: unknown): value is ConfigValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/**
 * Restore keys of edgecore.yaml to their values in `before`, or remove those that were missing there. Keys that no longer
 * have the value in `ours` were changed since: they are kept and returned. Throws EdgekitError when one of the
 * texts is not YAML.
 */
export function restoreKeys(
  text: string,
  before: string,
  ours: Readonly<Record<string, ConfigValue>>,
): { text: string; changedSince: string[] } {
  const changedSince: string[] = []
  const valueBefore = readKeys(before)
  let current = text
  for (const [path, value] of Object.entries(ours)) {
    const [now, old] = [readKeys(current)(path), valueBefore(path)]
    if (now === old) continue
    if (now !== value) changedSince.push(path)
    else if (isValue(old)) current = patchEdgecoreConfig(current, { [path]: old }).text
    else current = without(current, keysOf(path))
  }
  return { text: current, changedSince }
}

/** Remove a key and the parents that it leaves empty: their lines, and nothing else. */
function without(text: string, keys: readonly string[]): string {
  const { document } = parseConfig(text)
  let map = document.contents as unknown as YAMLMap
  let last: { map: YAMLMap; pair: Pair } | undefined
  for (const key of keys) {
    const pair = lastPair(map, key) as Pair
    if (!last || map.items.length > 1) last = { map, pair }
    if (isMap(pair.value)) map = pair.value
  }
  if (!last || last.map.flow) {
    last?.map.items.splice(last.map.items.indexOf(last.pair), 1)
    return document.toString({ lineWidth: 0 })
  }
  const from = text.lastIndexOf('\n', ((last.pair.key as Node).range?.[0] ?? 0) - 1) + 1
  const end = Math.max(endOf(last.pair.key as Node), endOf(last.pair.value as Node | null))
  const lineEnd = text.indexOf('\n', Math.max(end - 1, from))
  return text.slice(0, from) + (lineEnd === -1 ? '' : text.slice(lineEnd + 1))
}

const endOf = (node: Node | null): number => {
  if (isMap(node) && !node.flow) {
    const pair = node.items.at(-1) as Pair | undefined
    return pair ? Math.max(endOf(pair.key as Node), endOf(pair.value as Node | null)) : 0
  }
  return node?.range?.[1] ?? 0
}
