import { expect, test } from 'vitest'
import * as z from 'zod'
import { listProblems } from '../../../src/yaml/problem-list.ts'
import { locate, problemsOf } from '../../../src/yaml/problems.ts'
import { readYaml, type YamlSource } from '../../../src/yaml/source.ts'

const schema = z.strictObject({
  role: z.enum(['edge', 'cloud']),
  images: z.array(
    z.union([z.string(), z.strictObject({ reference: z.string(), source: z.string().optional() })]),
  ),
  limits: z.strictObject({ memory: z.number().min(16) }).optional(),
})

const source = (text: string, file = 'my.yaml') => readYaml(text, file) as YamlSource

function problemsIn(...sources: YamlSource[]): string[] {
  const value = Object.assign({}, ...sources.map(({ value }) => value).toReversed())
  const issues = schema.safeParse(value).error?.issues ?? []
  return locate(problemsOf(issues, value, schema), sources).map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  )
}

test.each([
  ['a missing key', 'images: []', '1:1: role: expected edge or cloud, found nothing'],
  ['a wrong value', 'role: fog\nimages: []', '1:7: role: expected edge or cloud, found "fog"'],
  ['a wrong type', 'role: edge\nimages: 5', '2:9: images: expected a list, found the number 5'],
  ['an empty value', 'role: edge\nimages:', '2:8: images: expected a list, found nothing (null)'],
  [
    'no branch of a union',
    'role: edge\nimages: [5]',
    '2:10: images[0]: expected a string or a map, found the number 5',
  ],
  [
    'the intended branch of a union',
    'role: edge\nimages: [{source: x}]',
    '2:10: images[0].reference: missing; expected a string',
  ],
  [
    'a misspelled key in a union',
    'role: edge\nimages: [{referense: x, reference: y}]',
    '2:11: unknown key "referense" in images[0], did you mean "reference"? Allowed: reference, source',
  ],
  [
    'an unknown key of an optional map',
    'role: edge\nimages: []\nlimits: {memory: 16, swap: 1}',
    '3:22: unknown key "swap" in limits. Allowed: memory',
  ],
  [
    'a number that is too small',
    'role: edge\nimages: []\nlimits: {memory: 1}',
    '3:18: limits.memory: expected at least 16, found the number 1',
  ],
])('describes %s', (_, text, problem) => {
  expect(problemsIn(source(text))).toEqual([`my.yaml:${problem}`])
})

test('locates a problem in the file that has the value', () => {
  const problems = problemsIn(source('images: 5'), source('role: fog\nimages: []', 'base.yaml'))
  expect(problems).toEqual([
    'base.yaml:1:7: role: expected edge or cloud, found "fog"',
    'my.yaml:1:9: images: expected a list, found the number 5',
  ])
})

test('lists at most ten problems', () => {
  const problems = Array.from({ length: 12 }, (_, line) => ({ file: 'a', line, column: 1, message: 'wrong' }))
  expect(listProblems(problems.slice(0, 1))).toBe(':\n  a:0:1: wrong')
  expect(listProblems(problems).split('\n')).toHaveLength(12)
  expect(listProblems(problems)).toMatch(/^ in 12 places:\n[\s\S]*\n {2}and 2 more$/)
})
