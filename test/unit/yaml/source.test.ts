import { expect, test } from 'vitest'
import { readYaml } from '../../../src/yaml/source.ts'

function parsed(text: string) {
  const source = readYaml(text, 'file.yaml')
  if (Array.isArray(source)) throw new Error(JSON.stringify(source))
  return source
}

const text = 'role: edge\nimages:\n  - app:1.0\n  - reference: x\n'

test('returns the value', () => {
  expect(parsed(text).value).toEqual({ role: 'edge', images: ['app:1.0', { reference: 'x' }] })
})

test.each<[(string | number)[], number, number]>([
  [['role'], 1, 7],
  [['images', 0], 3, 5],
  [['images', 1, 'reference'], 4, 16],
  [[], 1, 1],
])('position of %j', (path, line, column) => {
  expect(parsed(text).position(path)).toEqual({ line, column })
})

test('the position of a missing value is that of its closest parent', () => {
  expect(parsed(text).position(['images', 1, 'source'])).toEqual({ line: 4, column: 5 })
})

test('finds the position of a key', () => {
  expect(parsed(text).keyPosition(['images', 1, 'reference'])).toEqual({ line: 4, column: 5 })
  expect(parsed(text).keyPosition(['broker'])).toBeUndefined()
})

const nine = (item: string): string => `[${Array(9).fill(item).join(', ')}]`
const bomb = [`a: &a ${nine('x')}`, `b: &b ${nine('*a')}`, `c: &c ${nine('*b')}`, `d: ${nine('*c')}`].join(
  '\n',
)

test.each([
  ['a duplicate key', 'a: 1\na: 2\n', { line: 2, column: 1, message: 'duplicate key a' }],
  [
    'aliases that expand too far',
    bomb,
    { line: 4, column: 37, message: 'aliases expand to more than 100 values' },
  ],
  [
    'a second document',
    'a: 1\n---\nb: 2\n',
    { line: 2, column: 1, message: 'a second document begins here; expected one' },
  ],
  ['a long key', `${'a'.repeat(500)}: 1\n`.repeat(2), { message: `duplicate key ${'a'.repeat(60)}…` }],
  ['an alias without an anchor', 'a: *b\n', { line: 1, column: 4 }],
  ['a tag', 'a: !secret b\n', { line: 1, column: 4 }],
  ['a syntax error', 'a: [1\n', { line: 2, column: 1 }],
])('reports %s', (_, yaml, problem) => {
  expect(readYaml(yaml, 'file.yaml')).toMatchObject([{ file: 'file.yaml', ...problem }])
})
