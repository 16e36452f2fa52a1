import { type ErrorCode, Lexer } from 'yaml'
import { excerpt } from '../lib/format.ts'

/** Where a mistake is: what the words depend on. */
interface Place {
  /** The line from its first character to the mistake. */
  before: string
  /** The line from the mistake to its end. */
  rest: string
  /** The bracket that is open there, and its line. */
  open: { bracket: '[' | '{'; line: number } | undefined
}

/** The part of a mistake of the yaml package that is stable; its messages are for programmers. */
export interface SyntaxMistake {
  code: ErrorCode
  /** Offsets of its first character and behind its last one. */
  pos: readonly [number, number]
}

/** What is wrong, what to write instead, and the offset of where: a quote that stays open is named where it begins. */
export function describeSyntaxMistake(
  { code, pos: [offset] }: SyntaxMistake,
  text: string,
): { offset: number; message: string } {
  const { quote, open } = stateAt(text, offset)
  if (code === 'MISSING_CHAR' && quote !== undefined) {
    const mark = text.charAt(quote)
    return { offset: quote, message: `this quote is not closed; add ${mark} at the end of the value` }
  }
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  const [rest = ''] = text.slice(offset).split(/\r?\n/, 1)
  return { offset, message: words[code]({ before, rest, open }) }
}

const quoteIt = (rest: string): string => `must be quoted${quoted(rest)}`

/** The rest of a line as a quoted value. */
const quoted = (rest: string): string => {
  const value = rest.replace(/\s+#.*/, '').trim()
  return /["\\]/.test(value) || value.length < 2 || value.length > 60 ? '' : `: "${value}"`
}

const closing = { '[': ']', '{': '}' } as const

const insideBrackets = ({ open }: Place): string | undefined =>
  open && `expected a comma, or ${closing[open.bracket]} to close the ${open.bracket} of line ${open.line}`

/** A line without a key and a value. */
function expectedPair({ rest }: Place): string {
  if (/^(<{7}|={7}|>{7})/.test(rest)) return 'unresolved merge conflict of git; choose one of the versions'
  if (/^-(\s|$)/.test(rest)) return 'unexpected list item; expected KEY: VALUE, as in the lines above'
  if (/^-\S/.test(rest)) return 'add a space after the dash of a list item'
  if (/^[^\s:]+:\S/.test(rest)) return 'add a space after the colon'
  return 'expected KEY: VALUE'
}

const indentation = 'wrong indentation; start in the column of the keys or list items that it belongs to'
const tag = 'tags are not supported; remove the word that begins with !, or quote the whole value'
const anchor = 'remove the anchor (&) or quote the whole value'

const words: Record<ErrorCode, (place: Place) => string> = {
  ALIAS_PROPS: () => `an alias (*) cannot have an anchor or a tag; ${anchor}`,
  BAD_ALIAS: ({ rest }) =>
    rest.startsWith(':')
      ? 'add a space before the colon: a name of an anchor or alias cannot end with one'
      : `a value that begins with ${rest.charAt(0)} ${quoteIt(rest)}`,
  BAD_COLLECTION_TYPE: () => tag,
  BAD_DIRECTIVE: () => 'unknown directive; remove the line that begins with %',
  BAD_DQ_ESCAPE: ({ rest }) =>
    `unknown escape sequence ${rest.slice(0, 2)}; use single quotes, or write \\\\ for a backslash`,
  BAD_INDENT: ({ open }) =>
    open
      ? `close the ${open.bracket} of line ${open.line} with ${closing[open.bracket]}, or indent this line deeper than its key`
      : indentation,
  BAD_PROP_ORDER: () => `an anchor or tag cannot stand here; ${anchor}`,
  BAD_SCALAR_START: ({ rest }) => `a value that begins with ${rest.charAt(0)} ${quoteIt(rest)}`,
  BLOCK_AS_IMPLICIT_KEY: ({ rest }) => {
    if (/^\s/.test(rest)) return indentation
    if (/:(\s|$)/.test(rest)) return `a value that has a colon before a blank ${quoteIt(rest)}`
    return rest.startsWith('? ')
      ? `a value that begins with ? ${quoteIt(rest)}`
      : 'this key has a value, so the next line cannot be indented deeper'
  },
  BLOCK_IN_FLOW: place => insideBrackets(place) ?? indentation,
  DUPLICATE_KEY: ({ rest }) => `duplicate key ${excerpt(/^[^:]*/.exec(rest)?.[0].trim() ?? '')}`,
  IMPOSSIBLE: () => 'expected YAML',
  KEY_OVER_1024_CHARS: () => 'the key has more than 1024 characters',
  MISSING_CHAR: place => {
    if (place.rest.startsWith('#')) return 'add a space before the # of a comment'
    if (/^---\s+$/.test(place.before)) return 'start a new line after ---'
    return insideBrackets(place) ?? expectedPair(place)
  },
  MULTILINE_IMPLICIT_KEY: place => insideBrackets(place) ?? expectedPair(place),
  MULTIPLE_ANCHORS: () => `a value has at most one anchor; ${anchor}`,
  MULTIPLE_DOCS: () => 'a second document begins here; expected one',
  MULTIPLE_TAGS: () => tag,
  NON_STRING_KEY: ({ rest }) =>
    `a list or map cannot be a key; a value that begins with ${rest.charAt(0)} must be quoted`,
  RESOURCE_EXHAUSTION: () => 'lists and maps are nested too deep',
  TAB_AS_INDENT: () => 'indented with a tab; use spaces',
  TAG_RESOLVE_FAILED: () => tag,
  UNEXPECTED_TOKEN: ({ before, rest }) => {
    const first = rest.charAt(0)
    if (first === ',') return 'unexpected comma; remove it'
    if (first === ']' || first === '}')
      return `nothing is open that ${first} closes; remove it, or quote the value`
    if (/^-(\s|$)/.test(rest)) return 'start a list on a new line, below its key'
    if (/[|>]$/.test(before)) return 'start the text on a new line, after | or >'
    if (/["'\]}]\s*$/.test(before))
      return `unexpected text after ${before.trimEnd().slice(-1)}; quote the whole value, and double a single quote in it`
    return /^-\S/.test(rest) ? 'add a space after the dash of a list item' : indentation
  },
}

/** Tokens of the yaml package that mark a state and are no part of the text. */
const marks = new Set(['\u0002', '\u0018', '\u001F'])

/** The quoted value that ends at the offset without its quote, and the innermost bracket that is open there. */
function stateAt(text: string, end: number): { quote: number | undefined; open: Place['open'] } {
  const opened: NonNullable<Place['open']>[] = []
  let offset = 0
  let line = 1
  for (const token of new Lexer().lex(text)) {
    if (marks.has(token)) continue
    if (/^["']/.test(token) && offset + token.length >= end && isUnclosed(token))
      return { quote: offset, open: opened.at(-1) }
    if (offset >= end) break
    if (token === '[' || token === '{') opened.push({ bracket: token, line })
    if (token === ']' || token === '}') opened.pop()
    offset += token.length
    line += token.split('\n').length - 1
  }
  return { quote: undefined, open: opened.at(-1) }
}

const isUnclosed = (token: string): boolean => !/^("([^"\\]|\\.)*"|'([^']|'')*')$/s.test(token)
