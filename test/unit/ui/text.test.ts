import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { formatTable, width, wrap } from '../../../src/ui/text.ts'

beforeEach(() => void vi.stubEnv('COLUMNS', undefined))
afterEach(() => void vi.unstubAllEnvs())

test.each([
  [undefined, 80],
  ['40', 40],
  ['100', 100],
  ['300', 120],
  ['5', 20],
  ['0', 80],
  ['wide', 80],
])('COLUMNS=%s: %i columns', (columns, expected) => {
  vi.stubEnv('COLUMNS', columns)
  expect(width()).toBe(expected)
})

test('wraps at COLUMNS', () => {
  vi.stubEnv('COLUMNS', '40')
  expect(wrap(`${word(20)} ${word(20)}`)).toBe(`${word(20)}\n${word(20)}`)
})

const word = (length: number): string => 'x'.repeat(length)
const digest = `sha256:${word(64)}`

test.each([
  ['nothing', '', 4, ''],
  ['a short text', 'a b', 0, 'a b'],
  ['blanks before it', 'a b', 4, '    a b'],
  ['80 columns', `${word(40)} ${word(39)}`, 0, `${word(40)} ${word(39)}`],
  ['81 columns', `${word(40)} ${word(40)}`, 0, `${word(40)}\n${word(40)}`],
  ['80 columns with blanks', `${word(40)} ${word(37)}`, 2, `  ${word(40)} ${word(37)}`],
  ['81 columns with blanks', `${word(40)} ${word(38)}`, 2, `  ${word(40)}\n  ${word(38)}`],
  ['three lines', `${word(60)} ${word(60)} a b`, 0, `${word(60)}\n${word(60)} a b`],
  ['a word that is too long', word(100), 3, `   ${word(100)}`],
  ['such a word among others', `a ${word(100)} b`, 0, `a\n${word(100)}\nb`],
  ['a digest stays whole', `${word(20)} ${digest}`, 0, `${word(20)}\n${digest}`],
  ['lines of its own', 'a\nb', 2, '  a\n  b'],
  ['an empty line', 'a\n\nb', 2, '  a\n\n  b'],
  ['a list keeps its margin', `a:\n  ${word(60)} ${word(30)}`, 0, `a:\n  ${word(60)}\n  ${word(30)}`],
  ['margin and blanks', `  ${word(60)} ${word(30)}`, 5, `       ${word(60)}\n       ${word(30)}`],
  [
    '20 wide characters',
    `${'中'.repeat(20)} ${'文'.repeat(19)}a`,
    0,
    `${'中'.repeat(20)} ${'文'.repeat(19)}a`,
  ],
  [
    '20 wide characters and more',
    `${'中'.repeat(20)} ${'文'.repeat(20)}`,
    0,
    `${'中'.repeat(20)}\n${'文'.repeat(20)}`,
  ],
  ['two blanks between words', 'a  b', 0, 'a  b'],
])('%s', (_, text, indent, wrapped) => {
  expect(wrap(text, indent)).toBe(wrapped)
})

test.each([
  ['Chinese', '温度计', 6],
  ['Korean', '온도', 4],
  ['half-width katakana', 'ｶﾅ', 2],
  ['an accent of its own', 'cafe\u0301', 4],
  ['an emoji', '🔥', 2],
  ['Cyrillic', 'датчик', 6],
])('a column of a table is as wide as %s', (_, name, columns) => {
  const rows = [
    [name, 'x'],
    ['a'.repeat(8), 'y'],
  ]
  expect(formatTable(rows)).toBe(`${name}${' '.repeat(8 - columns)}  x\naaaaaaaa  y`)
})
