import { expect, test } from 'vitest'
import { causeOf, type KnownLine } from '../../../../../src/edgecore/log/known/known-line.ts'

const rows: readonly KnownLine[] = [
  {
    code: 'port',
    pattern: /port (?<port>\d+)(?: of (?<host>\w+))?/,
    text: 'port {port}{host} is {state}',
    remedy: 'Free port {port}.',
    commands: ['ss "sport = :{port}"'],
  },
  { code: 'any', pattern: /port/, text: 'another', remedy: 'Look.' },
]

test('the first row that matches, filled with what its pattern found', () => {
  expect(causeOf(rows, 'port 7 is taken')).toEqual({
    code: 'port',
    text: 'port 7 is {state}',
    remedy: 'Free port 7.',
    commands: ['ss "sport = :7"'],
  })
  expect(causeOf(rows, 'a port')).toEqual({ code: 'any', text: 'another', remedy: 'Look.' })
  expect(causeOf(rows, 'nothing')).toBeUndefined()
})
