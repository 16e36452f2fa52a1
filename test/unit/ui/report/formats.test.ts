import { parseXml, type XmlElement } from '@rgrove/parse-xml'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { checks } from '../../../../src/checks/index.ts'
import { diagnose } from '../../../../src/doctor/diagnose.ts'
import { type Report, reportJsonSchema } from '../../../../src/doctor/report-schema.ts'
import { selectChecks } from '../../../../src/doctor/select.ts'
import type { Facts } from '../../../../src/facts/index.ts'
import { formatJunit } from '../../../../src/ui/report/junit.ts'
import { formatMarkdown } from '../../../../src/ui/report/markdown.ts'
import { formatPrometheus } from '../../../../src/ui/report/prometheus.ts'
import { cloudMachine, healthy } from '../../checks/healthy.ts'

const report = (facts: Facts, ignored: string[] = []): Report =>
  diagnose(facts, {
    selection: selectChecks([], { tag: 'doctor', ignored }),
    strict: false,
    edgekit: '0.1.0',
    at: new Date('2026-01-02T03:04:05Z'),
  })

const facts = (breakIt: (node: ReturnType<typeof healthy>) => void): Facts => {
  const node = healthy()
  breakIt(node)
  return node
}

/** What a broker's client may have put into a log: markup of every kind, a colour, a bell, half of a character. */
const nasty =
  '<a href="x">&amp; | `code` ```` \\ "quoted" {x}\n# new line \u001b[31m\u0007 \ud800 ü 漢 %s $(x)'

const reports: Record<string, Report> = {
  healthy: report(healthy()),
  cloud: report(cloudMachine()),
  failing: report(facts(node => (node.containerd.value.answers = false))),
  ignored: report(
    facts(node => (node.containerd.value.answers = false)),
    ['containerd-answers'],
  ),
  warning: report(facts(node => (node.units.value.broker.enabled = 'disabled'))),
  'not root': report(facts(node => (node.machine.value.isRoot = false))),
  unknown: report(
    Object.fromEntries(Object.keys(healthy()).map(name => [name, { unknown: nasty }])) as unknown as Facts,
  ),
  nasty: report(facts(node => (node.brokerProbe.value = { failure: nasty }))),
}

describe.each(Object.entries(reports))('a report: %s', (_, report) => {
  test('JSON matches its schema', () => {
    const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(
      reportJsonSchema(),
    )
    validate(JSON.parse(JSON.stringify(report)))
    expect(validate.errors).toBeNull()
  })

  test('JUnit is XML with a case per check', () => {
    const { root } = parseXml(formatJunit(report))
    expect(root?.name).toBe('testsuites')
    const elements = (parent: XmlElement | null): XmlElement[] =>
      (parent?.children ?? []).filter((child): child is XmlElement => child.type === 'element')
    const suites = elements(root)
    expect(new Set(suites.map(({ name }) => name))).toEqual(new Set(['testsuite']))
    const cases = suites.flatMap(elements)
    const outcomes: Record<string, string> = {
      pass: 'system-out',
      warn: 'system-out',
      fail: 'failure',
      skip: 'skipped',
      error: 'error',
    }
    expect(cases.map(found => [found.attributes['name'], elements(found).map(({ name }) => name)])).toEqual(
      report.checks.map(({ id, status }) => [id, [outcomes[status]]]),
    )
    const { pass, warn, fail, skip, error } = report.summary
    expect(root?.attributes).toMatchObject({
      tests: String(pass + warn + fail + skip + error),
      failures: String(fail),
      errors: String(error),
      skipped: String(skip),
    })
    for (const suite of suites) expect(suite.attributes['tests']).toBe(String(elements(suite).length))
  })

  test('Prometheus follows the exposition format', () => {
    const label = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`
    const sample = new RegExp(
      String.raw`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(${label}(?:,${label})*)?\})? -?\d+(?:\.\d+)?$`,
    )
    const lines = formatPrometheus(report).split('\n')
    const samples = lines.filter(line => !/^# (HELP [a-z_]+ [^\\]+|TYPE [a-z_]+ gauge)$/.test(line))
    expect(samples.filter(line => !sample.test(line))).toEqual([])
    expect(new Set(samples).size, 'no series twice').toBe(samples.length)
    // All samples of a metric follow its TYPE line.
    let metric: string | undefined
    for (const line of lines) {
      metric = /^# TYPE (\S+)/.exec(line)?.[1] ?? metric
      if (!line.startsWith('#'))
        expect(line.startsWith(`${metric}{`) || line.startsWith(`${metric} `)).toBe(true)
    }
    for (const { id, status } of report.checks) {
      expect(
        samples.filter(line => line.includes(`check="${id}"`) && line.includes(`status="${status}"`)),
      ).toHaveLength(1)
    }
  })

  test('Markdown has problems first, a folded row of four cells for every other check, and escapes markup', () => {
    const markdown = formatMarkdown(report)
    const [problems = '', folded = ''] = markdown.split('<details>\n')
    const bad = ['fail', 'error', 'warn'].flatMap(status =>
      report.checks.filter(check => check.status === status).map(({ id }) => id),
    )
    expect([...problems.matchAll(/^### (\S+):/gm)].map(([, id]) => id)).toEqual(bad)
    const others = report.checks.filter(({ id }) => !bad.includes(id))
    const { pass, skip } = report.summary
    const counts = [pass && `${pass} ok`, skip && `${skip} skipped`].filter(Boolean).join(', ')
    if (others.length > 0)
      expect(folded).toMatch(
        new RegExp(`^<summary>${others.length} other checks?: ${counts}</summary>\n\n\\| check \\|`),
      )
    const rows = folded.split('\n').filter(line => line.startsWith('| ') && !line.startsWith('| check |'))
    expect(rows.map(row => row.split(/(?<!\\)\|/).length)).toEqual(others.map(() => 6))
    expect(rows.map(row => row.split(' ')[1])).toEqual(others.map(({ id }) => id))
    const outside = markdown.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, '')
    expect(outside).not.toMatch(/(?<!\\)<(?!\/?(?:details|summary)>)/)
  })
})

test('JUnit has the time of the slowest fact a check has read', () => {
  const { units, brokerProbe, ...others } = healthy()
  const node = {
    ...others,
    units: { ...units, tookMs: 120 },
    brokerProbe: { ...brokerProbe, tookMs: 2500 },
  }
  const { root } = parseXml(formatJunit(report(node)))
  const times = (parent: XmlElement | null, name: string): string | undefined =>
    (parent?.children ?? [])
      .filter((child): child is XmlElement => child.type === 'element')
      .map(child => (child.attributes['name'] === name ? child.attributes['time'] : times(child, name)))
      .find(Boolean)
  expect(root?.attributes['time']).toBe('2.5')
  expect(times(root, 'broker')).toBe('2.5')
  expect(times(root, 'broker-round-trip')).toBe('2.5')
  expect(times(root, 'broker-at-boot')).toBe('0.12')
  expect(times(root, 'kernel')).toBe('0')
})

test('content of a code block cannot end it', () => {
  const failing = reports['failing'] as Report
  const [first] = failing.checks
  const check = {
    ...(first as Report['checks'][number]),
    status: 'fail' as const,
    evidence: ['```', '# not a heading'],
  }
  const markdown = formatMarkdown({ ...failing, checks: [check] })
  expect(markdown).toContain('\n````\n```\n# not a heading\n````')
})

test('a report of all checks contains each of them', () => {
  const all = diagnose(healthy(), {
    selection: selectChecks(
      checks.map(({ id }) => id),
      { tag: 'doctor', ignored: [] },
    ),
    strict: true,
    edgekit: '0.1.0',
    at: new Date(),
  })
  expect(all.checks.map(({ id }) => id)).toEqual(checks.map(({ id }) => id))
})
