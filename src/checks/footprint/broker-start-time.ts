import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

const budgetMs = 2_000
/** With more to do than it has processors for, a machine needs longer; but not for ever. */
const patience = 5
/** While a machine starts, everything starts at once. */
const bootMs = 30_000

export const brokerStartTime: Check = {
  id: 'broker-start-time',
  title: 'The broker starts within 2 s',
  tags: ['doctor'],
  needs: ['broker-active'],
  run(facts) {
    const { startedInMs } = requireFact(facts.units).broker
    const broker = requireFact(facts.brokerProcess)
    if (startedInMs === undefined || !broker) return { status: 'skip', observed: 'it does not run' }
    const atBoot = broker.uptimeMs - broker.ageMs < bootMs
    const observed = `${(startedInMs / 1000).toFixed(1)} s until it answered MQTT${atBoot ? ', while the node started' : ''}`
    const budget = budgetMs * Math.min(patience, Math.max(1, broker.load))
    if (startedInMs <= budget || atBoot) return { status: 'pass', observed }
    return {
      status: 'warn',
      observed,
      expected: 'less than 2 s: so long devices wait after every restart',
      remedy: {
        text: 'Its journal shows where the time went: a large mosquitto.db to read, a slow disk, a busy machine.',
        commands: ['journalctl -u mosquitto -n 30 --no-pager', 'ls -l /var/lib/edgekit/mosquitto'],
      },
    }
  },
}
