import { test, vi } from 'vitest'
import { goldenFile, statusOf, testAndStop, verdictLines, verdictsIn } from './golden.ts'
import { settings } from './settings.ts'

/**
 * With one message in flight, mosquitto counts a message that is too large for its subscriber as in flight for ever, and sends
 * no other (MQTT-3.1.2-25).
 */
const known = ['packet-size-of-client']

/** What was skipped because other tests were. */
const follows = /^no such frame was received|^nothing arrives from \$SYS/

// Each of them runs all tests.
vi.setConfig({ maxConcurrency: 3 })

test.concurrent.for(settings)('%s', async ([name, start, reason], { expect }) => {
  const report = await testAndStop(start)
  const usual = await verdictsIn('mosquitto-2.0.21')
  const changed = report.tests.filter(result => usual(result) !== statusOf(result))
  const bad = changed.filter(
    ({ id, status }) => status !== 'pass' && status !== 'skip' && !known.includes(id),
  )
  expect(bad.map(({ id, version, observed }) => `${id} (MQTT ${version}): ${observed}`)).toEqual([])
  const skips = changed.filter(({ status }) => status === 'skip').map(({ observed }) => observed)
  expect(skips.filter(observed => !reason.test(observed) && !follows.test(observed))).toEqual([])
  expect(skips.filter(observed => reason.test(observed)).length).toBeGreaterThan(0)
  await expect(`${verdictLines({ tests: changed }).join('\n')}\n`).toMatchFileSnapshot(
    goldenFile(`mosquitto-2.0.21-${name}`),
  )
})
