import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLParseError,
} from 'yaml'
import { messageOf } from '../lib/errors.ts'
import { excerpt } from '../lib/format.ts'

/** A problem in a YAML file; line and column count from 1. */
export interface YamlProblem {
  file: string
  line: number
  column: number
  message: string
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

/** Most nodes that aliases may expand to, nested ones included. */
const mostAliases = 100

/**
 * Parse YAML, or return its problems: syntax errors, duplicate keys, tags, aliases without an anchor or that expand too
 * far.
 */
export function readYaml(text: string, file: string): YamlSource | YamlProblem[] {
  const lines = new LineCounter()
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problem = (offset: number, message: string): YamlProblem => ({ file, ...at(offset), message })
  const binary = notText(text)
  if (binary !== undefined) return [problem(binary, 'this is not text')]
  let document: Document.Parsed
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  } catch (error) {
    return [problem(0, `cannot parse YAML: ${messageOf(error)}`)]
  }
  const problems = [...document.errors, ...document.warnings]
  if (problems.length > 0) {
    return problems.map(found =>
      problem(
        found.pos[0],
        found.code === 'DUPLICATE_KEY' ? duplicate(text.slice(found.pos[0])) : syntaxProblem(found),
      ),
    )
  }
  try {
    return {
      file,
      value: document.toJS({ maxAliasCount: mostAliases }),
      position: path => at(offsetOf(document, path)),
      keyPosition: path => {
        const offset = keyOffset(document, path)
        return offset === undefined ? undefined : at(offset)
      },
    }
  } catch (error) {
    const excessive = /alias count/i.test(messageOf(error))
    const message = excessive ? `aliases expand to more than ${mostAliases} values` : messageOf(error)
    return [problem(lastAlias(document), message)]
  }
}

/** The offset of a character that YAML excludes (YAML 1.2.2, section 5.1), such as a binary file has; undefined without one. */
export function notText(text: string): number | undefined {
  const found = text.search(/[^\P{Cc}\t\n\r\u0085]/u)
  return found === -1 ? undefined : found
}

/** What is wrong, without the advice for programmers that the yaml package gives, and without a long part of the file. */
export const syntaxProblem = ({ code, message }: Pick<YAMLParseError, 'code' | 'message'>): string =>
  code === 'MULTIPLE_DOCS' ? 'a second document begins here; expected one' : excerpt(message, 200)

const duplicate = (rest: string): string =>
  `duplicate key ${excerpt(/^[^:\n]*/.exec(rest)?.[0].trim() ?? '')}`

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

function lastAlias(document: Document.Parsed): number {
  let offset = 0
  visit(document, {
    Alias(_, alias) {
      offset = alias.range?.[0] ?? offset
    },
  })
  return offset
}
