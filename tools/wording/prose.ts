/** A comment, string or paragraph. Code in it is blanked out, so that places in `text` are places in the file. */
export interface Prose {
  kind: 'comment' | 'string' | 'text'
  text: string
  /** Number of the line it begins on, from 1. */
  line: number
  /** Source text in front of it, to tell what a string is for. */
  before: string
}

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ')
const withoutCode = (text: string): string =>
  text.replaceAll(/`[^`\n]*(?:\n[^`\n]*)?`|https?:\/\/\S+/g, blank)

/** The comments and strings of a TypeScript file. */
export function proseInTypeScript(source: string): Prose[] {
  const found: Prose[] = []
  let line = 1
  let at = 0
  const add = (kind: Prose['kind'], from: number, text: string): void => {
    found.push({ kind, text, line, before: source.slice(Math.max(0, from - 80), from) })
  }
  const advance = (to: number): void => {
    for (; at < to; at++) if (source[at] === '\n') line++
  }
  /** Read code up to its end, or to the `}` that ends a placeholder of a template. */
  const code = (inTemplate: boolean): void => {
    let depth = 0
    let significant = '\n'
    while (at < source.length) {
      const rest = source.slice(at, at + 2)
      const [character = ''] = rest
      const token = tokenAt(source, at, significant)
      if (token !== undefined) {
        if (token.kind === 'comment') add('comment', at, withoutCode(token.text))
        if (token.kind === 'string') add('string', at, withoutCode(token.text))
        advance(at + token.text.length)
        if (token.kind !== 'comment') significant = '"'
      } else if (character === '`') {
        template()
        significant = '"'
      } else {
        if (character === '{') depth++
        if (character === '}' && depth-- === 0 && inTemplate) return
        if (/\S/.test(character)) significant = character
        advance(at + 1)
      }
    }
  }
  const template = (): void => {
    const from = at
    const start = line
    let text = ' '
    advance(at + 1)
    while (at < source.length && source[at] !== '`') {
      if (source[at] === '\\') {
        text += '  '
        advance(at + 2)
      } else if (source.startsWith('${', at)) {
        const opened = at
        advance(at + 2)
        code(true)
        advance(at + 1)
        text += source.slice(opened, at).replaceAll(/[^\n]/g, '_')
      } else {
        text += source[at]
        advance(at + 1)
      }
    }
    advance(at + 1)
    found.push({ kind: 'string', text, line: start, before: source.slice(Math.max(0, from - 80), from) })
  }
  code(false)
  return found
}

interface Token {
  kind: 'comment' | 'string' | 'regex'
  text: string
}

const comment = /\/\/[^\n]*(?:\n[ \t]*\/\/[^\n]*)*|\/\*[\s\S]*?\*\//y
const quoted = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y
const regex = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y

function tokenAt(source: string, at: number, significant: string): Token | undefined {
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  const words = match(comment)
  if (words !== undefined) return { kind: 'comment', text: words }
  const text = match(quoted)
  if (text !== undefined) return { kind: 'string', text }
  // After a value a slash divides.
  const pattern = /[\w")\]}]/.test(significant) ? undefined : match(regex)
  return pattern === undefined ? undefined : { kind: 'regex', text: pattern }
}

/** The paragraphs of a Markdown file, without code. */
export const proseInMarkdown = (source: string): Prose[] => [
  {
    kind: 'text',
    line: 1,
    before: '',
    text: withoutCode(source.replaceAll(/^ *```[\s\S]*?^ *```$|<!--[\s\S]*?-->|\]\([^)]*\)/gm, blank)),
  },
]

/** The comments of a shell script, a unit or a configuration file. */
export const proseInComments = (source: string): Prose[] => [
  {
    kind: 'comment',
    line: 1,
    before: '',
    text: withoutCode(source.replaceAll(/^(?!\s*#).*?(?= # |$)/gm, blank)),
  },
]
