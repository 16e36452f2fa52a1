import { expect, test } from 'vitest'
import { type ErrorCode, parseDocument } from 'yaml'
import { parseYaml } from '../../../src/yaml/parse.ts'

const indentation = 'wrong indentation; start in the column of the keys or list items that it belongs to'
const tag = 'tags are not supported; remove the word that begins with !, or quote the whole value'
const afterQuote = (mark: string) =>
  `unexpected text after ${mark}; quote the whole value, and double a single quote in it`

/** By the code of the yaml package, of which IMPOSSIBLE cannot be provoked: a text, and what is said of it. */
const rows: Record<Exclude<ErrorCode, 'IMPOSSIBLE'>, [text: string, ...mistakes: string[]][]> = {
  ALIAS_PROPS: [
    [
      'a: &b 1\nc: &d *b\n',
      '2:7: an alias (*) cannot have an anchor or a tag; remove the anchor (&) or quote the whole value',
    ],
  ],
  BAD_ALIAS: [
    ['a: *\n', '1:4: a value that begins with * must be quoted'],
    ['a: & b # c\n', '1:4: a value that begins with & must be quoted: "& b"'],
    ['a: &x: 1\n', '1:6: add a space before the colon: a name of an anchor or alias cannot end with one'],
  ],
  BAD_COLLECTION_TYPE: [['a: !!omap {x: 1}\n', `1:4: ${tag}`]],
  BAD_DIRECTIVE: [['%FOO\n---\na: 1\n', '1:1: unknown directive; remove the line that begins with %']],
  BAD_DQ_ESCAPE: [
    ['a: "C:\\path"\n', '1:7: unknown escape sequence \\p; use single quotes, or write \\\\ for a backslash'],
  ],
  BAD_INDENT: [
    ['a:\n    b: 1\n  c: 2\n', `3:1: ${indentation}`],
    ['a:\n  - x\n  b: 1\n', `3:1: ${indentation}`],
    ['a: |\n  x\n y\n', `3:1: ${indentation}`],
    ['a: [1\nb: 2\n', '2:1: close the [ of line 1 with ], or indent this line deeper than its key'],
    ['a:\n- {x: 1\nb: [2]\n', '3:1: close the { of line 2 with }, or indent this line deeper than its key'],
    ['a: [\n1\n]\n', '2:1: close the [ of line 1 with ], or indent this line deeper than its key'],
  ],
  BAD_PROP_ORDER: [
    [
      'a: [&x ? b: 1]\n',
      '1:8: an anchor or tag cannot stand here; remove the anchor (&) or quote the whole value',
    ],
  ],
  BAD_SCALAR_START: [
    ['a: @x\n', '1:4: a value that begins with @ must be quoted: "@x"'],
    ['a: `x"`\n', '1:4: a value that begins with ` must be quoted'],
    ['a: %x\n', '1:4: a value that begins with % must be quoted: "%x"'],
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    ['a: b: c\n', '1:4: a value that has a colon before a blank must be quoted: "b: c"'],
    ['a: 1\n  b: 2\n', '1:4: this key has a value, so the next line cannot be indented deeper'],
    ['a: ? b\n', '1:4: a value that begins with ? must be quoted: "? b"'],
    ['a:\n  - x\n - y\n', `3:1: ${indentation}`],
  ],
  BLOCK_IN_FLOW: [['a: {b : 1 c: 2}\n', '1:9: expected a comma, or } to close the { of line 1']],
  DUPLICATE_KEY: [
    [
      'a: 1\na: 2\na: 3\nb: @\n',
      '2:1: duplicate key a',
      '3:1: duplicate key a',
      '4:4: a value that begins with @ must be quoted',
    ],
    ['a: 1\na: 2\n', '2:1: duplicate key a'],
    [`${'a'.repeat(500)}: 1\n`.repeat(2), `2:1: duplicate key ${'a'.repeat(60)}…`],
  ],
  KEY_OVER_1024_CHARS: [[`${'x'.repeat(1100)}: 1\n`, '1:1: the key has more than 1024 characters']],
  MISSING_CHAR: [
    ['a: 1\nb: "x\nc: 2\n', '2:4: this quote is not closed; add " at the end of the value'],
    ["a: 'x''\n", "1:4: this quote is not closed; add ' at the end of the value"],
    ['a: "x\\"\n', '1:4: this quote is not closed; add " at the end of the value'],
    ['{"a": [1, "x]}\n', '1:11: this quote is not closed; add " at the end of the value'],
    ['a: ["x" "y"]\n', '1:9: expected a comma, or ] to close the [ of line 1'],
    ['{"a": 1,\n "b": [2]\n', '3:1: expected a comma, or } to close the { of line 1'],
    ['a: "x"#c\n', '1:7: add a space before the # of a comment'],
    ['--- a: 1\n', '1:5: start a new line after ---'],
    ['a: 1\nb\n', '2:1: expected KEY: VALUE'],
  ],
  MULTILINE_IMPLICIT_KEY: [
    ['a: 1\nb:2\nc: 3\n', '2:1: add a space after the colon'],
    ['a: 1\nkey\nc: 3\n', '2:1: expected KEY: VALUE'],
    ['a: 1\n- x\n', '2:1: unexpected list item; expected KEY: VALUE, as in the lines above'],
    ['-x\na: 1\n', '1:1: add a space after the dash of a list item'],
    ['a: [x\n  y: 2]\n', '1:5: expected a comma, or ] to close the [ of line 1'],
    [
      'a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> c\n',
      '2:1: unresolved merge conflict of git; choose one of the versions',
    ],
  ],
  MULTIPLE_ANCHORS: [
    ['a: &x &y b\n', '1:7: a value has at most one anchor; remove the anchor (&) or quote the whole value'],
  ],
  MULTIPLE_DOCS: [['a: 1\n---\nb: 2\n', '2:1: a second document begins here; expected one']],
  MULTIPLE_TAGS: [['a: !x !y b\n', `1:7: ${tag}`]],
  NON_STRING_KEY: [
    ['a: {{ x }}\n', '1:5: a list or map cannot be a key; a value that begins with { must be quoted'],
    ['[a]: 1\n', '1:1: a list or map cannot be a key; a value that begins with [ must be quoted'],
  ],
  RESOURCE_EXHAUSTION: [['['.repeat(20_000), expect.stringMatching('nested too deep') as string]],
  TAB_AS_INDENT: [['a:\n\tb: 1\n', '2:1: indented with a tab; use spaces']],
  TAG_RESOLVE_FAILED: [['a: !secret b\n', `1:4: ${tag}`]],
  UNEXPECTED_TOKEN: [
    ["a: 'it's'\n", `1:8: ${afterQuote("'")}`],
    ['a: "x" y\n', `1:8: ${afterQuote('"')}`],
    ['a: [x] y\n', `1:8: ${afterQuote(']')}`],
    ['a: [1,,2]\n', '1:7: unexpected comma; remove it'],
    ['a: ]\n', '1:4: nothing is open that ] closes; remove it, or quote the value'],
    ['a: - x\n', '1:4: start a list on a new line, below its key'],
    ['a: |x\n  x\n', '1:5: start the text on a new line, after | or >'],
    ['- a\n-b\n', '2:1: add a space after the dash of a list item'],
    ['- x\na: 1\n', `2:1: ${indentation}`],
  ],
}

function mistakesIn(text: string): string[] {
  const found = parseYaml(text)
  return Array.isArray(found)
    ? found.map(({ line, column, message }) => `${line}:${column}: ${message}`)
    : ['none']
}

test.each(
  Object.entries(rows).flatMap(([code, cases]) =>
    cases.map(([text, ...mistakes]) => ({ code, text, mistakes })),
  ),
)('$code: $text', ({ code, text, mistakes }) => {
  const { errors, warnings } = parseDocument(text, { stringKeys: true })
  expect([...errors, ...warnings][0]?.code).toBe(code)
  expect(mistakesIn(text)).toEqual(mistakes)
})

test.each([
  [
    'an alias without an anchor',
    'a: 1\nb: *.example.com\n',
    '2:4: no anchor &.example.com above; a value that begins with * must be quoted',
  ],
  ['a control character', 'a: 1\nb: \u0001\n', '2:4: this is not text'],
])('describes %s', (_, text, mistake) => expect(mistakesIn(text)).toEqual([mistake]))

test.each([
  ['a tag that has no meaning', 'a: !secret b\n', { a: 'b' }],
  ['a key that is no word', '1: a\non: b\n', { 1: 'a', on: 'b' }],
])('accepts %s as Go does', (_, text, value) => {
  expect(parseYaml(text, { version: '1.1', unknownTags: true })).toMatchObject({ value })
})
