import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** A slow machine gets more of both, in proportion. */
const budget = 0.01
/** Not counted: the start of the broker and the probes of `edgekit doctor`. */
const allowanceMs = 2000
/** Ten messages per second cost less than 0.1%. */
const busyPerMinute = 600

export const brokerCpu: Check = {
  id: 'broker-cpu',
  title: 'Idle broker uses less than 1% CPU',
  tags: ['doctor'],
  needs: ['broker-active'],
  run(facts) {
    const broker = requireFact(facts.brokerProcess)
    if (!broker) return { status: 'skip', observed: 'the broker is not running' }
    const share = (broker.cpuMs / requireFact(facts.machine).slowness - allowanceMs) / broker.ageMs
    const observed = `${((100 * broker.cpuMs) / broker.ageMs).toFixed(2)}% CPU since its start`
    const probe = 'value' in facts.brokerProbe ? facts.brokerProbe.value : undefined
    const messages = (probe && 'publishedPerMinute' in probe && probe.publishedPerMinute) || 0
    if (share <= budget) return { status: 'pass', observed }
    if (messages >= busyPerMinute)
      return {
        status: 'pass',
        observed: `${observed}, ${Math.round(messages)} messages in the last minute`,
      }
    return {
      status: 'warn',
      observed: `${observed}, with hardly any messages`,
      expected: 'less than 1% CPU, not counting 2 s: clients keep the broker busy without publishing',
      remedy: {
        text: 'Find the client that reconnects or pings continuously. The broker log lists connections.',
        commands: ['journalctl -u mosquitto -n 50 --no-pager', 'ss -tnp sport = :1883'],
      },
    }
  },
}
