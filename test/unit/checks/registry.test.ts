import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { checks } from '../../../src/checks/index.ts'
import { faultGroups, faults } from '../../node/faults/index.ts'

const ids = checks.map(({ id }) => id)

test('every check file is in the index of its group, under its id', () => {
  const files = globSync('src/checks/*/**/*.ts')
    .filter(file => !file.includes('/shared/') && basename(file) !== 'index.ts')
    .map(file => basename(file, '.ts'))
  expect(files.toSorted()).toEqual(ids.toSorted())
})

test('ids are unique and kebab-case', () => {
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter(id => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([])
})

test('needs refer only to earlier checks', () => {
  for (const [index, { needs = [] }] of checks.entries()) {
    expect(needs.filter(id => !ids.slice(0, index).includes(id))).toEqual([])
  }
})

test('docs/checks.md documents every check under its group', () => {
  const headings = readFileSync('docs/checks.md', 'utf8').matchAll(/^(?:## (?<group>.+)|### `(?<id>.+)`)$/gm)
  let group = ''
  const documented = [...headings].flatMap(({ groups }) => {
    group = groups?.['group'] ?? group
    return groups?.['id'] ? [{ group, id: groups['id'] }] : []
  })
  expect(documented).toEqual(checks.map(({ group, id }) => ({ group, id })))
})

test('every check has a fault on a real node', () => {
  const covered = new Set(faults.map(({ fails }) => fails))
  expect(ids.filter(id => !covered.has(id))).toEqual([])
})

test.each(checks.map(({ id, title }) => [id, title]))('%s has a title of at most 8 words: %s', (_, title) => {
  expect(title.split(' ').length).toBeLessThanOrEqual(8)
  expect(title).not.toMatch(/\b(who|what|which|that)\b|\.$/i)
})

test('every fault is in the file of the group its check belongs to', () => {
  const groupOf = new Map(checks.map(({ id, group }) => [id, group]))
  for (const [group, members] of Object.entries(faultGroups)) {
    expect([group, members.filter(({ fails }) => groupOf.get(fails) !== group)]).toEqual([group, []])
  }
})

test('fault titles are unique', () => {
  const titles = faults.map(({ what }) => what)
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
})
