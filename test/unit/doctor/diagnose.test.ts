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
const look = (facts: Facts, { selection = all, strict = false } = {}) =>
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
    ['all is well', facts(), false, 0],
    ['all is well', facts(), true, 0],
    ['a warning', facts(notAtBoot), false, 0],
    ['a warning', facts(notAtBoot), true, 4],
    ['something is wrong', facts(down), false, 3],
    ['something is wrong, and a warning', facts(down, notAtBoot), true, 3],
    ['something could not be looked at', unseen(facts()), false, 5],
    ['something could not be looked at, and a warning', unseen(facts(notAtBoot)), true, 5],
    [
      'something is wrong, something could not be looked at',
      unseen(facts(node => (node.machine.value.arch = 'arm64'))),
      true,
      3,
    ],
  ])('%s: %s', (_, found, strict, expected) => {
    expect(look(found, { strict }).exitCode).toBe(expected)
  })
})

test('the causes are what failed, and not what was skipped for that', () => {
  const report = look(facts(down))
  expect(report.causes).toEqual(['containerd-answers'])
  expect(report.summary.skip).toBeGreaterThan(3)
})

describe('a choice of checks', () => {
  const choose = (names: string[], ignored: string[] = []) => selectChecks(names, { tag: 'doctor', ignored })
  const shown = (found: Facts, names: string[]) =>
    look(found, { selection: choose(names) }).checks.map(({ id }) => id)

  test('those named, and no other while all is well', () => {
    expect(shown(facts(), ['broker-round-trip', 'architecture'])).toEqual([
      'architecture',
      'broker-round-trip',
    ])
  })

  test('a failed need is shown as well: it is the reason', () => {
    const report = look(facts(down), { selection: choose(['broker-round-trip']) })
    expect(report.checks.map(({ id, status }) => [id, status])).toEqual([
      ['containerd-answers', 'fail'],
      ['broker-round-trip', 'skip'],
    ])
    expect(report).toMatchObject({ exitCode: 3, causes: ['containerd-answers'] })
  })

  test('one that is ignored cannot make the doctor fail', () => {
    const report = look(
      facts(node => (node.machine.value.arch = 'arm64')),
      { selection: choose([], ['architecture']) },
    )
    expect(report).toMatchObject({ exitCode: 0, causes: [], summary: { warn: 1, fail: 0 } })
  })

  test('a tag', () => {
    const { checks: chosen } = selectChecks([], { tag: 'checklist', ignored: [] })
    const wanted = new Set(chosen.map(({ id }) => id))
    expect(checks.filter(({ tags }) => tags.includes('checklist')).every(({ id }) => wanted.has(id))).toBe(
      true,
    )
    expect(wanted.has('architecture')).toBe(false)
  })

  test.each([
    ['a name', () => choose(['broker-rond-trip']), 'did you mean broker-round-trip?'],
    ['a name to ignore', () => choose([], ['brokerport']), 'did you mean broker-port?'],
    ['a name like no other', () => choose(['nonsense']), 'there is no check "nonsense"'],
  ])('%s that is unknown is a usage error', (_, run, words) => {
    expect(run).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining(words) }))
  })
})

test.each(checks.map(({ id }) => id))('the explanation of %s is its entry in the docs, and only that', id => {
  const { text } = explainCheck(id)
  expect(text.length).toBeGreaterThan(50)
  expect(text).not.toMatch(/^#/m)
  expect(readFileSync('docs/checks.md', 'utf8')).toContain(`### \`${id}\`\n\n${text}\n`)
})
