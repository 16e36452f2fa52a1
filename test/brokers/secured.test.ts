import { test } from 'vitest'
import { startSecuredMosquitto } from '../../lab/brokers/secured-mosquitto.ts'
import { brokerTests } from '../../src/broker-test/groups/index.ts'
import { selectTests } from '../../src/broker-test/run/select.ts'
import { goldenFile, statusOf, testAndStop, unexplained, verdictLines, verdictsIn } from './golden.ts'

const tests = selectTests(brokerTests, [
  'connect',
  'publish',
  'qos',
  'system-topics',
  'access',
  'listeners',
  'websockets',
])

// What mosquitto does without users and without encryption, it does with them, and in WebSockets.
test.concurrent.for(['mqtts', 'wss'] as const)(
  'users, an access list, and %s',
  async (listener, { expect }) => {
    const report = await testAndStop(() => startSecuredMosquitto(listener), tests)
    const usual = await verdictsIn('mosquitto-2.0.21')
    const changed = report.tests.filter(
      result => usual(result) !== statusOf(result) && result.status !== 'skip',
    )
    expect(
      unexplained(
        'mosquitto-2.0.21-secured',
        changed.filter(({ status }) => status !== 'pass'),
      ),
    ).toEqual([])
    expect(report.leftovers).toEqual([])
    await expect(`${verdictLines({ tests: changed }).join('\n')}\n`).toMatchFileSnapshot(
      goldenFile(`mosquitto-2.0.21-${listener}`),
    )
  },
)
