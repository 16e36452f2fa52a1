import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { BenchReport } from '../../../../src/broker-bench/run/report.ts'
import type { BrokerTestReport } from '../../../../src/broker-test/run/report.ts'
import type { Report } from '../../../../src/doctor/report-schema.ts'
import { formatBrokerBenchHtml } from '../../../../src/ui/html/broker-bench.ts'
import { formatBrokerTestHtml } from '../../../../src/ui/html/broker-test.ts'
import { formatDoctorHtml } from '../../../../src/ui/html/doctor.ts'
import { plainText } from '../../../../src/ui/print.ts'
import { benchReport, doctorReport, hostile, testReport } from './samples.ts'

/** Every report, with a text of a stranger wherever one can be. */
const reports: [string, (text: string) => string][] = [
  ['broker bench', text => formatBrokerBenchHtml(benchReport(text))],
  ['broker test', text => formatBrokerTestHtml(testReport(text))],
  ['doctor', text => formatDoctorHtml(doctorReport(text))],
]

describe.each(reports)('%s', (_, render) => {
  const page = plainText(render(hostile))

  test('loads nothing and runs nothing', () => {
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)?.[1]
    const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`)
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'))
    expect(style).not.toMatch(/url\(|@import|expression/)
    expect(tagsOf(page)).not.toMatch(
      /<(?:script|link|img|iframe|object|embed|base|form|a)\b|\s(?:style|src|href|on\w+)=/,
    )
  })

  test('texts of strangers stay text', () => {
    // The same elements with any text: nothing of a text became one.
    expect(tagsOf(page)).toBe(tagsOf(plainText(render('harmless'))))
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x')
    expect(page).toContain('\\u202e')
    expect(['\u202e', '\u001b', '\0'].filter(character => page.includes(character))).toEqual([])
  })

  test('is at most 150 kB without its data', () => {
    expect(Buffer.byteLength(render(''))).toBeLessThan(150_000)
  })
})

/** All tags without the values of their attributes. */
const tagsOf = (page: string): string =>
  (page.replace(/<style>[^<]*<\/style>/, '').match(/<[^>]*>/g) ?? [])
    .map(tag => tag.replaceAll(/="[^"]*"/g, '=').replaceAll(/\s+/g, ' '))
    .join('\n')

test('a plot has a point for each interval, and a bar for each latency', () => {
  const page = formatBrokerBenchHtml(benchReport('x'))
  const points = /<polyline class="curve two" points="([^"]*)"/.exec(page)?.[1] ?? ''
  expect(points.split(' ')).toHaveLength(2)
  expect(page.match(/<rect class="bar"/g)).toHaveLength(3)
  expect(points).toMatch(/^\d+\.\d,\d+\.\d \d+\.\d,\d+\.\d$/)
})

test('nothing arrived: no plot, and no NaN', () => {
  const { latencyMs: _, ...report } = benchReport('x')
  const silent: BenchReport = {
    ...report,
    timeline: [],
    distribution: [],
    messages: { ...report.messages, received: 0 },
  }
  const page = formatBrokerBenchHtml(silent)
  expect(page).toContain('Nothing arrived.')
  expect(page).not.toMatch(/<svg|NaN|undefined|Infinity/)
})

test.each(reports)('%s has no undefined and no NaN', (_, render) => {
  expect(render('text')).not.toMatch(/NaN|undefined|Infinity|\[object/)
})

test('the verdict and the problems are there', () => {
  const tested: BrokerTestReport = testReport('the topic')
  expect(formatBrokerTestHtml(tested)).toContain(
    '<p class="verdict fail">The broker breaks MQTT. 1 test in 1.0 s: 1 failed.</p>',
  )
  const diagnosed: Report = doctorReport('the port is closed')
  expect(formatDoctorHtml(diagnosed)).toContain('<p class="verdict fail">Cause: the port is closed</p>')
})
