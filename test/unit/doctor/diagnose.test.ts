import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checks } from '../../../src/checks/index.ts'
import { diagnose } from '../../../src/doctor/diagnose.ts'
import { explainCheck } from '../../../src/doctor/explain-check.ts'
import { selectChecks } from '../../../src/doctor/select.ts'
import type { Facts } from '../../../src/facts/index.ts'
import { healthy } from '../checks/healthy.ts'

type Healthy = ReturnType<typeof healthy>

const all = selectChecks([], { tag: 'doctor', ignored: [] })
const report = (facts: Facts, { selection = all, strict = false } = {}) =>
  diagnose(facts, { selection, strict, edgekit: '0.1.0', at: new Date(0) })

const down = (node: Healthy) => (node.containerd.value.answers = false)
const notAtBoot = (node: Healthy) => (node.units.value.broker.enabled = 'disabled')
const facts = (...breakIt: ((node: Healthy) => unknown)[]): Facts => {
  const node = healthy()
  for (const one of breakIt) one(node)
  return node
}
const unseen = (found: Facts): Facts => ({ ...found, brokerProbe: { unknown: 'no answer within 10 s' } })

describe('the exit code', () => {
  test.each<[string, Facts, boolean, number]>([
    ['no problems', facts(), false, 0],
    ['no problems, --strict', facts(), true, 0],
    ['a warning', facts(notAtBoot), false, 0],
    ['a warning, --strict', facts(notAtBoot), true, 4],
    ['a failure', facts(down), false, 3],
    ['a failure and a warning', facts(down, notAtBoot), true, 3],
    ['a check that could not be run', unseen(facts()), false, 5],
    ['a check that could not be run, and a warning', unseen(facts(notAtBoot)), true, 5],
    [
      'a failure, and a check that could not be run',
      unseen(facts(node => (node.machine.value.arch = 'arm64'))),
      true,
      3,
    ],
  ])('%s', (_, found, strict, expected) => {
    expect(report(found, { strict }).exitCode).toBe(expected)
  })
})

test('skipped checks are not causes', () => {
  const found = report(facts(down))
  expect(found.causes).toEqual(['containerd-answers'])
  const needing = checks.filter(({ needs }) => needs?.includes('containerd-answers')).map(({ id }) => id)
  const skipped = found.checks.filter(({ blockedBy }) => blockedBy?.includes('containerd-answers'))
  expect(skipped.map(({ id }) => id)).toEqual(
    expect.arrayContaining(needing.filter(id => found.checks.some(check => check.id === id))),
  )
})

describe('selecting checks', () => {
  const choose = (names: string[], ignored: string[] = []) => selectChecks(names, { tag: 'doctor', ignored })
  const shown = (found: Facts, names: string[]) =>
    report(found, { selection: choose(names) }).checks.map(({ id }) => id)

  test('shows only the named checks when all pass', () => {
    expect(shown(facts(), ['broker-round-trip', 'architecture'])).toEqual([
      'architecture',
      'broker-round-trip',
    ])
  })

  test('also shows a failed check they depend on', () => {
    const found = report(facts(down), { selection: choose(['broker-round-trip']) })
    expect(found.checks.map(({ id, status }) => [id, status])).toEqual([
      ['containerd-answers', 'fail'],
      ['broker-round-trip', 'skip'],
    ])
    expect(found).toMatchObject({ exitCode: 3, causes: ['containerd-answers'] })
  })

  test('an ignored check does not fail the report', () => {
    const found = report(
      facts(node => (node.machine.value.arch = 'arm64')),
      { selection: choose([], ['architecture']) },
    )
    expect(found).toMatchObject({ exitCode: 0, causes: [], summary: { warn: 1, fail: 0 } })
  })

  test('selects all checks with a tag', () => {
    const { checks: chosen } = selectChecks([], { tag: 'checklist', ignored: [] })
    const wanted = new Set(chosen.map(({ id }) => id))
    expect(checks.filter(({ tags }) => tags.includes('checklist')).every(({ id }) => wanted.has(id))).toBe(
      true,
    )
    expect(wanted.has('architecture')).toBe(false)
  })

  test.each([
    ['an unknown name', () => choose(['broker-rond-trip']), 'did you mean broker-round-trip?'],
    ['an unknown name to ignore', () => choose([], ['brokerport']), 'did you mean broker-port?'],
    ['a name like no other', () => choose(['nonsense']), 'unknown check "nonsense"'],
    ['a group to explain', () => explainCheck('broker'), '"broker" is a group of checks: name one of them'],
  ])('%s is a usage error', (_, run, words) => {
    expect(run).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining(words) }))
  })
})

test.each(checks)('the explanation of $id is its section of docs/checks.md', ({ id, tags, appliesTo }) => {
  const occasions = tags.filter(tag => tag !== 'security').join(', ')
  const cloud = appliesTo?.roles?.includes('cloud') ? '; cloud too' : ''
  const summary = `${occasions}${tags.includes('security') ? '; security' : ''}${cloud}.`
  const { text } = explainCheck(id)
  expect(text).toMatch(new RegExp(`^\\*${summary[0]?.toUpperCase()}${summary.slice(1)}\\* \\S`))
  expect(text).not.toMatch(/^#/m)
  expect(readFileSync('docs/checks.md', 'utf8')).toContain(`### \`${id}\`\n\n${text}\n`)
})
