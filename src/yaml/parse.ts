import {
  type Alias,
  type Document,
  type ErrorCode,
  LineCounter,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
  visit,
} from 'yaml'
import { messageOf } from '../lib/errors.ts'
import { excerpt } from '../lib/format.ts'
import { describeSyntaxMistake } from './syntax.ts'

/** What is wrong, and where; line and column count from 1. */
export interface YamlMistake {
  line: number
  column: number
  message: string
}

/** YAML without mistakes. */
export interface ParsedYaml {
  document: Document.Parsed
  value: unknown
  /** Line and column of an offset in the text. */
  at: (offset: number) => { line: number; column: number }
}

/** The version of YAML, and what a reader accepts. */
export interface Dialect extends Pick<ParseOptions, 'uniqueKeys'>, Pick<SchemaOptions, 'customTags'> {
  version?: '1.1'
  /** Accept tags that have no meaning, which is what Go does. */
  unknownTags?: boolean
}

/** Codes of mistakes after which the rest is still read as it was meant. */
const harmless: ReadonlySet<ErrorCode> = new Set(['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED'])

/** Most nodes that aliases may expand to, nested ones included. */
const mostAliases = 100

/**
 * Parse one document of YAML, or return its mistakes in edgekit's words, up to the first one that hides others: syntax errors,
 * duplicate keys, tags, keys that are no words, aliases without an anchor or that expand too far.
 */
export function parseYaml(
  text: string,
  { unknownTags = false, ...dialect }: Dialect = {},
): ParsedYaml | [YamlMistake, ...YamlMistake[]] {
  const lines = new LineCounter()
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const mistake = (offset: number, message: string): YamlMistake => ({ ...at(offset), message })
  const binary = notText(text)
  if (binary !== undefined) return [binary]
  try {
    const document = parseDocument(text, {
      ...dialect,
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
    })
    const errors = unknownTags ? document.errors : [...document.errors, ...document.warnings]
    const aliases = aliasesOf(document)
    const broken = errors.findIndex(({ code }) => !harmless.has(code))
    const [first, ...more] = [
      ...errors
        .slice(0, broken === -1 ? undefined : broken + 1)
        .map(error => describeSyntaxMistake(error, text)),
      ...(broken === -1 ? aliases : [])
        .filter(alias => alias.resolve(document) === undefined)
        .map(describeUnknownAlias),
    ].map(({ offset, message }) => mistake(offset, message))
    if (first) return [first, ...more]
    try {
      return { document, value: document.toJS({ maxAliasCount: mostAliases }), at }
    } catch (error) {
      if (!/alias count/i.test(messageOf(error))) throw error
      return [mistake(aliases.at(-1)?.range?.[0] ?? 0, `aliases expand to more than ${mostAliases} values`)]
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return [mistake(0, 'lists and maps are nested too deep')]
  }
}

const describeUnknownAlias = ({ source, range }: Alias): { offset: number; message: string } => ({
  offset: range?.[0] ?? 0,
  message: `no anchor &${excerpt(source)} above; a value that begins with * must be quoted`,
})

/** The place of a character that YAML excludes (YAML 1.2.2, section 5.1), such as a binary file has. */
function notText(text: string): YamlMistake | undefined {
  const found = text.search(/[^\P{Cc}\t\n\r\u0085]/u)
  if (found === -1) return undefined
  const lines = text.slice(0, found).split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, message: 'this is not text' }
}

function aliasesOf(document: Document.Parsed): Alias[] {
  const aliases: Alias[] = []
  visit(document, {
    Alias(_, alias) {
      aliases.push(alias)
    },
  })
  return aliases
}
