import { stripVTControlCharacters } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { CheckResult } from '../../../../src/checks/check.ts'
import { checks, checksFor } from '../../../../src/checks/index.ts'
import { runChecks } from '../../../../src/checks/run-checks.ts'
import type { Report } from '../../../../src/doctor/report-schema.ts'
import type { Facts } from '../../../../src/facts/index.ts'
import { healthy } from '../../checks/healthy.ts'

/** Load the formatters for a terminal or a pipe; they detect which one when they are loaded. */
async function load(where: 'terminal' | 'pipe') {
  vi.resetModules()
  vi.stubEnv('NO_COLOR', undefined)
  vi.stubEnv('FORCE_COLOR', where === 'terminal' ? '1' : undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  const [{ formatEach, formatFindings }, { formatReport }, { terminalText }] = await Promise.all([
    import('../../../../src/ui/findings.ts'),
    import('../../../../src/ui/report/report.ts'),
    import('../../../../src/ui/print.ts'),
  ])
  return { formatEach, formatFindings, formatReport, terminalText }
}

const statuses = ['pass', 'warn', 'fail', 'skip', 'error'] as const
const result = (status: CheckResult['status'], changes: Partial<CheckResult> = {}): CheckResult => ({
  id: 'some-check',
  title: 'Something is true',
  group: 'node',
  docs: 'docs/checks.md#some-check',
  status,
  observed: 'what was seen',
  ...changes,
})

function reportOf(results: readonly CheckResult[], changes: Partial<Report> = {}): Report {
  const count = (status: CheckResult['status']) => results.filter(check => check.status === status).length
  return {
    schemaVersion: 1,
    edgekit: '0.1.0',
    exitCode: 0,
    node: { hostName: 'edge-1', os: 'Debian GNU/Linux 12 (bookworm)', arch: 'amd64' },
    kubeedgeVersion: 'v1.22.0',
    at: '2026-01-01T00:00:00.000Z',
    causes: results.filter(({ status }) => status === 'fail').map(({ id }) => id),
    checks: [...results],
    summary: {
      pass: count('pass'),
      warn: count('warn'),
      fail: count('fail'),
      skip: count('skip'),
      error: count('error'),
    },
    ...changes,
  }
}

const green = '\x1b[32m'

describe('colors', () => {
  test.each(statuses)('%s has none in a pipe', async status => {
    const { formatReport, terminalText } = await load('pipe')
    const report = reportOf([result(status, { remedy: { text: 'Do it.', commands: ['do it'] } })])
    const text = terminalText(formatReport(report))
    expect(text).toBe(stripVTControlCharacters(text))
  })

  test.each(statuses)('%s is green only when it passes', async status => {
    const { formatEach, formatFindings, terminalText } = await load('terminal')
    for (const format of [formatEach, formatFindings])
      expect(terminalText(format([result(status)])).includes(green)).toBe(status === 'pass')
  })

  test.each([
    ['all passes', ['pass', 'pass'], true],
    ['a warning', ['warn'], false],
    ['a failure', ['fail'], false],
    ['a check that could not be run', ['error'], false],
  ] as const)('the verdict on %s', async (_, found, isGreen) => {
    const { formatReport, terminalText } = await load('terminal')
    const report = reportOf(found.map(status => result(status)))
    const [, verdict] = terminalText(formatReport(report)).split('\n')
    expect(verdict?.startsWith(green)).toBe(isGreen)
  })
})

test.each([
  [['pass'], 'This node works.'],
  [['pass', 'skip'], 'This node works.'],
  [['skip'], 'Skipped: what was seen.'],
  [['warn'], 'This node works, with 1 warning.'],
  [['warn', 'warn'], 'This node works, with 2 warnings.'],
  [['error', 'warn'], '1 check could not be run; no other problems found.'],
  [['error', 'fail', 'pass'], 'Cause: what was seen'],
] as const)('the verdict on %s: %s', async (found, verdict) => {
  const { formatReport } = await load('pipe')
  const checks = found.map((status, index) => result(status, { id: `check-${index}` }))
  expect(formatReport(reportOf(checks)).split('\n')[1]).toBe(verdict)
})

test('only causes are shown as causes', async () => {
  const { formatReport } = await load('pipe')
  const found = [
    result('fail', { id: 'cause', observed: 'no disk' }),
    result('fail', { id: 'effect', observed: 'no file' }),
  ]
  expect(
    formatReport(reportOf(found, { causes: ['cause'] }))
      .split('\n')
      .slice(1, 3),
  ).toEqual(['Cause: no disk', ''])
})

const bad = result('fail', {
  expected: 'something else',
  evidence: ['line 1', 'line 2'],
  remedy: { text: 'Fix it.', commands: ['fix --now'] },
})
const badText = [
  'FAIL   Something is true',
  '       Seen: what was seen',
  '       Expected: something else',
  '       | line 1',
  '       | line 2',
  '       What to do: Fix it.',
  '         fix --now',
  '       More: edgekit doctor --explain some-check',
]

test('a failure shows what was seen and expected, evidence and remedy', async () => {
  const { formatEach } = await load('pipe')
  expect(formatEach([bad, result('pass')])).toBe(
    [...badText, ' ok    Something is true: what was seen'].join('\n'),
  )
})

test('a group shows failures, the number of passed checks, and why others were skipped', async () => {
  const { formatFindings } = await load('pipe')
  const skipped = { observed: 'depends on some-check' }
  const found = [
    result('pass', { id: 'a' }),
    result('skip', { id: 'b', ...skipped }),
    bad,
    result('skip', { id: 'c', ...skipped }),
    result('skip', { id: 'd', observed: 'cloud side only' }),
    result('pass', { id: 'e', group: 'runtime' }),
    result('pass', { id: 'f', group: 'runtime' }),
    result('skip', { id: 'g', group: 'drift' }),
  ]
  expect(formatFindings(found)).toBe(
    [
      ...badText,
      ' ok    node: 1 other check',
      'skip   b, c, d: depends on some-check; cloud side only',
      ' ok    runtime: 2 checks',
      'skip   g: what was seen',
    ].join('\n'),
  )
})

test('more than three skipped checks of a group are one line with their number and reasons', async () => {
  const { formatFindings } = await load('pipe')
  const found = ['a', 'b', 'c', 'd'].map(id =>
    result('skip', { id, observed: id === 'c' ? 'no bundle is installed' : 'edge nodes only' }),
  )
  expect(formatFindings([...found, result('pass', { id: 'e', group: 'runtime' })])).toBe(
    ['skip   node: 4 checks: edge nodes only; no bundle is installed', ' ok    runtime: 1 check'].join('\n'),
  )
})

test('skipped checks that depend on others name each of them once', async () => {
  const { formatFindings } = await load('pipe')
  const found = [['x', 'y'], ['y'], ['y', 'x'], undefined].map((blockedBy, index) =>
    result('skip', {
      id: `check-${index}`,
      observed: blockedBy ? `depends on ${blockedBy.join(', ')}` : 'edge nodes only',
      ...(blockedBy && { blockedBy }),
    }),
  )
  expect(formatFindings(found)).toBe('skip   node: 4 checks: edge nodes only; depends on x, y')
})

test('an ignored check is marked', async () => {
  const { formatFindings } = await load('pipe')
  expect(formatFindings([result('warn', { ignored: true })])).toContain(
    'warn   Something is true (ignored)\n',
  )
})

describe('80 columns', () => {
  /** Lines that are too long, except single words, which are never broken, and commands, which users copy. */
  const tooLong = (text: string): string[] =>
    text
      .split('\n')
      .filter(line => line.length > 80 && line.trim().includes(' ') && !line.startsWith(' '.repeat(9)))
  const long = 'The quick brown fox jumps over the lazy dog, again and again. '.repeat(4).trim()

  test.each(statuses)('a finding with long texts: %s', async status => {
    const { formatReport } = await load('pipe')
    const found = result(status, {
      observed: long,
      expected: long,
      evidence: [long, `${'x'.repeat(100)}`],
      remedy: { text: long, commands: [long] },
    })
    expect(tooLong(formatReport(reportOf([found])))).toEqual([])
  })

  test.each(checks.map(({ id }) => id))('%s with any status', async id => {
    const { formatEach, formatFindings } = await load('pipe')
    const title = checks.find(check => check.id === id)?.title ?? ''
    for (const status of statuses) {
      expect(tooLong(formatEach([result(status, { title })]))).toEqual([])
      expect(tooLong(formatFindings([result(status, { id, title })]))).toEqual([])
    }
  })

  test.each(Object.keys(healthy()) as (keyof Facts)[])('a node whose %s is unknown', async name => {
    const { formatReport } = await load('pipe')
    const facts: Facts = { ...healthy(), [name]: { unknown: long } }
    expect(tooLong(formatReport(reportOf(runChecks(checksFor('doctor'), facts))))).toEqual([])
  })

  test('a node with a long name', async () => {
    const { formatReport } = await load('pipe')
    const node = { hostName: 'h'.repeat(60), os: 'Ubuntu 24.04.1 LTS (Noble Numbat)', arch: 'arm64' }
    expect(tooLong(formatReport(reportOf([], { node })))).toEqual([])
  })

  test('many causes', async () => {
    const { formatReport } = await load('pipe')
    const found = Array.from({ length: 5 }, (_, index) =>
      result('fail', { id: `check-${index}`, observed: long }),
    )
    expect(tooLong(formatReport(reportOf(found)))).toEqual([])
  })
})
