import { type Document, isMap, isNode, isScalar } from 'yaml'
import { parseYaml, type YamlMistake } from './parse.ts'

/** A problem in a YAML file. */
export interface YamlProblem extends YamlMistake {
  file: string
}

export type YamlPath = readonly PropertyKey[]

/** Parsed YAML that remembers source positions. */
export interface YamlSource {
  file: string
  value: unknown
  /** Position of the value at `path`, or of its closest existing parent. */
  position(path: YamlPath): { line: number; column: number }
  /** Position of the last key of `path`; undefined when this file does not have it. */
  keyPosition(path: YamlPath): { line: number; column: number } | undefined
}

/** Parse YAML, or return its problems, see parseYaml. */
export function readYaml(text: string, file: string): YamlSource | YamlProblem[] {
  const parsed = parseYaml(text)
  if (Array.isArray(parsed)) return parsed.map(mistake => ({ file, ...mistake }))
  const { document, value, at } = parsed
  return {
    file,
    value,
    position: path => at(offsetOf(document, path)),
    keyPosition: path => {
      const offset = keyOffset(document, path)
      return offset === undefined ? undefined : at(offset)
    },
  }
}

function offsetOf(document: Document.Parsed, path: YamlPath): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

function keyOffset(document: Document.Parsed, path: YamlPath): number | undefined {
  const map = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(map)) return undefined
  const pair = map.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined
}
