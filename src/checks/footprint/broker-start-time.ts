import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

const budgetMs = 2_000
/** A busy or slow machine gets more time, up to this factor: the budget grows with its load or its slowness. */
const maxFactor = 5
/** At boot everything starts at once, so slow starts are not reported. */
const bootMs = 30_000

export const brokerStartTime: Check = {
  id: 'broker-start-time',
  title: 'Broker starts within 2 seconds',
  tags: ['doctor'],
  needs: ['broker-active'],
  run(facts) {
    const { startedInMs } = requireFact(facts.units).broker
    const broker = requireFact(facts.brokerProcess)
    if (startedInMs === undefined || !broker) return { status: 'skip', observed: 'the broker is not running' }
    const atBoot = broker.uptimeMs - broker.ageMs < bootMs
    const observed = `${(startedInMs / 1000).toFixed(1)} s until the first MQTT answer${atBoot ? ', at boot' : ''}`
    const budget =
      budgetMs * Math.min(maxFactor, Math.max(1, broker.load, requireFact(facts.machine).slowness))
    if (startedInMs <= budget || atBoot) return { status: 'pass', observed }
    return {
      status: 'warn',
      observed,
      expected: 'less than 2 s: devices wait this long after every restart',
      remedy: {
        text: 'Check the journal and the size of mosquitto.db: a large database, a slow disk or a busy machine delays the start.',
        commands: ['journalctl -u mosquitto -n 30 --no-pager', 'ls -l /var/lib/edgekit/mosquitto'],
      },
    }
  },
}
