import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { checks } from '../../../src/checks/index.ts'
import { faults } from '../../node/faults/index.ts'

const ids = checks.map(({ id }) => id)

test('every file is in the list, under its own name', () => {
  const files = globSync('src/checks/*/**/*.ts')
    .filter(file => !file.includes('/shared/') && basename(file) !== 'index.ts')
    .map(file => basename(file, '.ts'))
  expect(files.toSorted()).toEqual(ids.toSorted())
})

test('ids are unique and kebab-case', () => {
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter(id => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([])
})

test('a check needs only checks that come before it', () => {
  for (const [index, { needs = [] }] of checks.entries()) {
    expect(needs.filter(id => !ids.slice(0, index).includes(id))).toEqual([])
  }
})

test('every check is explained in docs/checks.md, under its group', () => {
  const headings = readFileSync('docs/checks.md', 'utf8').matchAll(/^(?:## (?<group>.+)|### `(?<id>.+)`)$/gm)
  let group = ''
  const documented = [...headings].flatMap(({ groups }) => {
    group = groups?.['group'] ?? group
    return groups?.['id'] ? [{ group, id: groups['id'] }] : []
  })
  expect(documented).toEqual(checks.map(({ group, id }) => ({ group, id })))
})

test('every check has a fault on a real node that makes it fail', () => {
  const covered = new Set(faults.map(({ fails }) => fails))
  expect(ids.filter(id => !covered.has(id))).toEqual([])
})

test('every fault is in the list', () => {
  const files = globSync('test/node/faults/*.ts').map(file => basename(file, '.ts'))
  expect(files.length).toBe(faults.length + 2)
})
