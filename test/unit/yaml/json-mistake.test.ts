import { expect, test } from 'vitest'
import { jsonMistake } from '../../../src/yaml/json-mistake.ts'

const value = 'expected a value: text in double quotes, a number, true, false, null, { or ['

test.each([
  ['', `1:1: ${value}`],
  ['{"a": }', `1:7: ${value}`],
  ['{"a": on}', `1:7: ${value}`],
  ['[01]', '1:3: expected a comma or ]'],
  ['{on: true}', '1:2: expected a key in double quotes'],
  ["{'on': true}", '1:2: use double quotes instead of single quotes'],
  ['{"on" true}', '1:7: expected a colon'],
  ['{"a": 1\n "b": 2}', '2:2: expected a comma or }'],
  ['{"a": 1,\n}', '2:1: remove the comma before }'],
  ['[1,]', '1:4: remove the comma before ]'],
  ['[1}', '1:3: expected a comma or ]'],
  ['{"a": [1, 2', '1:12: expected a comma or ]'],
  ['{"a": "x}\n', '1:7: this string is not closed, or has an unknown escape sequence'],
  ['{"a": "\\x"}', '1:7: this string is not closed, or has an unknown escape sequence'],
  ['{} {}', '1:4: expected nothing after the value'],
  [':', `1:1: ${value}`],
  ['}', `1:1: ${value}`],
])('names the place where %j is not JSON', (text, expected) => {
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  const found = jsonMistake(text)
  expect(found && `${found.line}:${found.column}: ${found.message}`).toBe(expected)
})

test.each(['{}', '[]', ' {"a": [1, -2.5e3, {"b": null}], "c\\u00e9": "x"}\n', '"x"', '[[], {}]', 'true'])(
  'finds none in %j',
  text => {
    JSON.parse(text)
    expect(jsonMistake(text)).toBeUndefined()
  },
)
