import { requireFact } from '../../facts/fact.ts'
import { restarts } from '../../facts/restarts.ts'
import type { Check } from '../check.ts'

const often = 3
const recentlyMs = 60_000

export const brokerStable: Check = {
  id: 'broker-stable',
  title: 'The broker stays up',
  tags: ['doctor'],
  needs: ['broker-active'],
  run(facts) {
    const { activeForMs = 0 } = requireFact(facts.units).broker
    const journal = requireFact(facts.brokerJournal)
    const times = restarts(journal)
    const seconds = Math.round(activeForMs / 1000)
    if (times < often || activeForMs > recentlyMs)
      return { status: 'pass', observed: `up for ${seconds} s, ${times} restarts in the ten minutes before` }
    return {
      status: 'fail',
      observed: `it runs for ${seconds} s and has been restarted ${times} times in ten minutes`,
      expected: 'a broker that runs on: whenever it ends, messages on their way are lost',
      evidence: journal
        .filter(({ text }) => /exited|Error|signal|killed|out of memory/i.test(text))
        .slice(-4)
        .map(({ text }) => text),
      remedy: {
        text: 'Its journal, or that of the kernel, says what ends it.',
        commands: ['journalctl -u mosquitto -n 100 --no-pager', 'journalctl -k -n 50 --no-pager'],
      },
    }
  },
}
