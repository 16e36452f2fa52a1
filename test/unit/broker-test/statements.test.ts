import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { statements, testsByStatement, unverified } from '../../../tools/generate/broker-test-page.ts'

const golden = 'test/brokers/golden'

/** The tests that ran on a real broker with this version: skipped or inconclusive ones show nothing. */
function ranWith(version: 4 | 5): Set<string> {
  const lines = readdirSync(golden).flatMap(file => readFileSync(join(golden, file), 'utf8').split('\n'))
  const verdicts = lines.map(line => line.split(' '))
  return new Set(
    verdicts.flatMap(([id = '', old = '', current = '']) =>
      /^(?:pass|fail|warn)$/.test(version === 4 ? old : current) ? [id] : [],
    ),
  )
}

describe.each([
  { version: 4 as const, total: 137, least: 115 },
  { version: 5 as const, total: 231, least: 190 },
])('MQTT $version', ({ version, total, least }) => {
  const known = Object.keys(statements[version])
  const cited = testsByStatement(version)

  test('every statement is verified by a test, or has the reason why not', () => {
    expect(known).toHaveLength(total)
    const unknown = [...cited.keys()].filter(id => !known.includes(id))
    expect(unknown.filter(id => !clientOnly.has(id))).toEqual([])
    expect(known.filter(id => cited.has(id) === id in unverified[version])).toEqual([])
    expect(Object.keys(unverified[version]).filter(id => !known.includes(id))).toEqual([])
  })

  test('a statement is verified only by tests that ran on a real broker', () => {
    const ran = ranWith(version)
    const notRun = [...cited].filter(([, tests]) => !tests.some(id => ran.has(id)))
    expect(notRun.map(([id]) => id)).toEqual([])
  })

  test('enough of them are verified', () => {
    expect(known.filter(id => cited.has(id)).length).toBeGreaterThanOrEqual(least)
  })
})

/** A statement of MQTT 5 about clients, which a broker must not let pass. */
const clientOnly = new Set(['2.2.1-3'])
