import { requireFact } from '../../facts/fact.ts'
import { formatBytes } from '../../lib/format.ts'
import type { Check } from '../check.ts'

const budget = 20 * 1024 * 1024

export const brokerMemory: Check = {
  id: 'broker-memory',
  title: 'Broker uses at most 20 MB of memory',
  tags: ['doctor'],
  needs: ['broker-active'],
  run(facts) {
    const broker = requireFact(facts.brokerProcess)
    if (!broker) return { status: 'skip', observed: 'the broker is not running' }
    const keepers = broker.logReaders.map(
      ({ program, residentBytes }) => `${program} ${formatBytes(residentBytes)}`,
    )
    const observed = [formatBytes(broker.residentBytes), ...keepers].join(', ')
    if (broker.residentBytes <= budget) return { status: 'pass', observed }
    return {
      status: 'warn',
      observed,
      expected: 'about 8 MB, more only while messages are queued for offline clients',
      remedy: {
        text: 'Delete retained messages and sessions of clients that do not come back.',
        commands: ['journalctl -u mosquitto -n 50 --no-pager', 'ls -l /var/lib/edgekit/mosquitto'],
      },
    }
  },
}
