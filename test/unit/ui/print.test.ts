import { PassThrough } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { plainText, terminalText } from '../../../src/ui/print.ts'
import { paint, wrap } from '../../../src/ui/text.ts'

const between = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index))
const hostile = [
  ...between(0x00, 0x1f).filter(character => character !== '\t' && character !== '\n'),
  ...between(0x7f, 0x9f),
  ...[
    '\u00ad',
    '\u061c',
    ...between(0x200b, 0x200f),
    ...between(0x2028, 0x202e),
    ...between(0x2060, 0x2064),
    ...between(0x2066, 0x206f),
  ],
  '\ufeff',
]

describe('control characters of strangers', () => {
  test.each(hostile.map(character => [character.charCodeAt(0).toString(16).padStart(4, '0'), character]))(
    'U+%s is shown as an escape',
    (code, character) => {
      for (const shown of [terminalText(`a${character}b`), plainText(`a${character}b`)])
        expect(shown).toBe(`a\\u${code}b`)
    },
  )

  test.each([
    ['erases the screen and sets the title', '\u001b[2J\u001b]0;OWN\u0007', '\\u001b[2J\\u001b]0;OWN\\u0007'],
    ['paints like edgekit', '\u001b[32mgood\u001b[39m', '\\u001b[32mgood\\u001b[39m'],
    ['writes to the clipboard', '\u001b]52;c;ZXZpbA==\u001b\\', '\\u001b]52;c;ZXZpbA==\\u001b\\'],
    ['hides in a tag', 'a\u{e0041}', 'a\\udb40\\udc41'],
    ['overwrites its line', 'FAIL\r ok ', 'FAIL\\u000d ok '],
  ])('what %s does nothing', (_, text, shown) => {
    expect(terminalText(text)).toBe(shown)
    expect(plainText(text)).toBe(shown)
  })

  test('keep JSON valid', () => {
    const value = { name: hostile.join(''), 'k\u202ey': '"\\' }
    const printed = terminalText(JSON.stringify(value, null, 2))
    expect(JSON.parse(printed)).toEqual(value)
    expect(printed).not.toMatch(/[^\n\t -~]/)
  })
})

test.each(['tab\tand\nline', 'Zeichen: äß€ 日本 🎉 ✔ · …', ''])('leaves %j as it is', text => {
  expect(terminalText(text)).toBe(text)
  expect(plainText(text)).toBe(text)
})

describe('colors', () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, getColorDepth: () => 8 })
  const painted = (text: string): string => {
    vi.stubEnv('NO_COLOR', undefined)
    vi.stubEnv('FORCE_COLOR', '1')
    try {
      return paint('red', text, terminal as never)
    } finally {
      vi.unstubAllEnvs()
    }
  }

  test('of edgekit reach a terminal, and only a terminal', () => {
    expect(terminalText(painted('a'))).toBe('\u001b[31ma\u001b[39m')
    expect(plainText(painted('a'))).toBe('a')
  })

  test('do not let through what is inside them', () => {
    expect(terminalText(painted('\u001b[2J'))).toBe('\u001b[31m\\u001b[2J\u001b[39m')
  })

  test('take no room in a line', () => {
    const text = `${painted('x'.repeat(40))} ${'x'.repeat(39)}`
    expect(wrap(text)).toBe(text)
  })
})
