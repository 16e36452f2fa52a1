import { type Document, isMap, LineCounter, type Node, parseDocument } from 'yaml'
import { EdgekitError } from '../../lib/errors.ts'

/** An edgecore.yaml that was understood, and where in its text each part is. */
export interface ParsedConfig {
  document: Document.Parsed
  /** `line 3, column 5` of an offset in the text. */
  place(offset: number): string
}

/**
 * Read edgecore.yaml the way EdgeCore does: as YAML 1.1, where `yes` and `on` are booleans (KubeEdge decodes it with
 * sigs.k8s.io/yaml, a YAML 1.1 reader). A file that is not YAML, has two documents or a key twice is refused with the
 * place of the mistake.
 */
export function parseConfig(text: string): ParsedConfig {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.1',
    lineCounter: lines,
    prettyErrors: false,
    // Go's reader has no base-60 numbers; without this `1:30` would be ninety.
    customTags: tags => tags.filter(tag => typeof tag === 'string' || tag.format !== 'TIME'),
  })
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `line ${line}, column ${col}`
  }
  const mistake = document.errors[0]
  if (mistake) refuse(`edgecore.yaml is not valid YAML at ${place(mistake.pos[0])}: ${mistake.message}`)
  const root = document.contents
  if (root && !isMap(root) && !isEmpty(root)) {
    refuse(
      `edgecore.yaml must hold keys and values, but ${place(start(root))} holds ${describe(root.toJS(document))}`,
    )
  }
  return { document, place }
}

/** A node that says nothing: `key:`, `key: null` or `key: ~`. */
export function isEmpty(node: Node | null | undefined): boolean {
  return !node || ('value' in node && node.value === null)
}

/** The offset of a node's first character. */
export function start(node: Node): number {
  return node.range?.[0] ?? 0
}

/** How a person names a value: `the string "2"`, `the number 2`, `a list`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return `the ${typeof value} ${JSON.stringify(value)}`
}

/** Stop before anything is changed, because a person has to look at the file. */
export function refuse(message: string): never {
  throw new EdgekitError(message, {
    code: 'edgecore-config-unusable',
    remedy: 'correct the file by hand, then run edgekit again',
  })
}

/** The values in edgecore.yaml, by their dotted paths. To understand YAML takes longer than to run a program. */
export function readKeys(text: string): (path: string) => unknown {
  const root: unknown = parseConfig(text).document.toJS() ?? {}
  return path => lookUp(root, path)
}

/** The written value at a dotted path; undefined when there is none. */
function lookUp(root: unknown, path: string): unknown {
  let value = root
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
