import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

const budget = 0.01
/** Not counted: its start, and what each look of the doctor costs it. */
const allowanceMs = 2000
/** Ten messages a second, of which edgekit's own are a few, explain less than 0.1 %. */
const busyPerMinute = 600

export const brokerCpu: Check = {
  id: 'broker-cpu',
  title: 'An idle broker needs less than 1 % of a processor',
  tags: ['doctor'],
  needs: ['broker-active'],
  run(facts) {
    const broker = requireFact(facts.brokerProcess)
    if (!broker) return { status: 'skip', observed: 'its process cannot be seen' }
    const share = (broker.cpuMs - allowanceMs) / broker.ageMs
    const observed = `${((100 * broker.cpuMs) / broker.ageMs).toFixed(2)} % since it was started`
    const probe = 'value' in facts.brokerProbe ? facts.brokerProbe.value : undefined
    const messages = (probe && 'publishedPerMinute' in probe && probe.publishedPerMinute) || 0
    if (share <= budget) return { status: 'pass', observed }
    if (messages >= busyPerMinute)
      return {
        status: 'pass',
        observed: `${observed}, with ${Math.round(messages)} messages in the last minute`,
      }
    return {
      status: 'warn',
      observed: `${observed}, and hardly any messages`,
      expected: 'less than 1 %, two seconds aside: something keeps it busy without sending anything',
      remedy: {
        text: 'Most often a client connects or pings again and again: the log of the broker names those that connect.',
        commands: ['journalctl -u mosquitto -n 50 --no-pager', 'ss -tnp sport = :1883'],
      },
    }
  },
}
