/** What a text needs next to be JSON. */
type Expected = 'value' | 'key' | 'colon' | 'next' | 'end'

const token =
  /[ \t\r\n]*("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:])/uy

/** Where a text stops being JSON (RFC 8259), and what is expected there; the text may hold secrets and is not quoted. */
export function jsonMistake(text: string): { line: number; column: number; message: string } | undefined {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let last = ''
  token.lastIndex = 0
  for (;;) {
    const start = token.lastIndex
    const found = token.exec(text)?.[1]
    const next: Expected | undefined = found === undefined ? undefined : follow(found, expected, last, open)
    if (found === undefined || next === undefined) {
      const blank = /^[ \t\r\n]*/.exec(text.slice(start))?.[0].length ?? 0
      if (expected === 'end' && start + blank === text.length) return undefined
      return place(text, start + blank, words(text.slice(start + blank), expected, last, open.at(-1)))
    }
    expected = next
    last = found
  }
}

/** What a token that is allowed must be followed by. */
function follow(found: string, expected: Expected, last: string, open: ('{' | '[')[]): Expected | undefined {
  const afterValue = (): Expected => (open.length > 0 ? 'next' : 'end')
  if (expected === 'colon') return found === ':' ? 'value' : undefined
  if (expected === 'end') return undefined
  if (found === (open.at(-1) === '{' ? '}' : ']') && open.length > 0) {
    if (expected !== 'next' && last !== open.at(-1)) return undefined
    open.pop()
    return afterValue()
  }
  if (expected === 'next') return found === ',' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined
  if (expected === 'key') return found.startsWith('"') ? 'colon' : undefined
  if (found !== '{' && found !== '[') return /^[}\],:]/.test(found) ? undefined : afterValue()
  open.push(found)
  return found === '{' ? 'key' : 'value'
}

function words(rest: string, expected: Expected, last: string, open: '{' | '[' | undefined): string {
  const closing = open === '{' ? '}' : ']'
  if (last === ',' && rest.startsWith(closing)) return `remove the comma before ${closing}`
  if (rest.startsWith("'")) return 'use double quotes instead of single quotes'
  if (rest.startsWith('"') && expected !== 'next' && expected !== 'colon' && expected !== 'end')
    return 'this string is not closed, or has an unknown escape sequence'
  if (expected === 'next') return `expected a comma or ${closing}`
  if (expected === 'end') return 'expected nothing after the value'
  if (expected === 'key') return 'expected a key in double quotes'
  if (expected === 'colon') return 'expected a colon'
  return 'expected a value: text in double quotes, a number, true, false, null, { or ['
}

function place(text: string, offset: number, message: string) {
  const lines = text.slice(0, offset).split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, message }
}
