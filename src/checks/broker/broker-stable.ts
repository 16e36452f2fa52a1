import { requireFact } from '../../facts/fact.ts'
import { restarts } from '../../facts/restarts.ts'
import type { Check } from '../check.ts'

const maxRestarts = 2
const recentlyMs = 60_000

export const brokerStable: Check = {
  id: 'broker-stable',
  title: 'Broker does not restart repeatedly',
  tags: ['doctor'],
  needs: ['broker-active'],
  run(facts) {
    const { activeForMs = 0 } = requireFact(facts.units).broker
    const journal = requireFact(facts.brokerJournal)
    const times = restarts(journal)
    const seconds = Math.round(activeForMs / 1000)
    if (times <= maxRestarts || activeForMs > recentlyMs)
      return { status: 'pass', observed: `up for ${seconds} s, ${times} restarts in the 10 minutes before` }
    return {
      status: 'fail',
      observed: `up for ${seconds} s, ${times} restarts in 10 minutes`,
      expected: 'no repeated restarts: each one loses messages in flight',
      evidence: journal
        .filter(({ text }) => /exited|Error|signal|killed|out of memory/i.test(text))
        .slice(-4)
        .map(({ text }) => text),
      remedy: {
        text: 'Check the journals of the broker and the kernel for the cause.',
        commands: ['journalctl -u mosquitto -n 100 --no-pager', 'journalctl -k -n 50 --no-pager'],
      },
    }
  },
}
