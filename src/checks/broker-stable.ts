import { known } from '../facts/fact.ts'
import type { Check } from './check.ts'

const often = 3
const recentlyMs = 60_000

export const brokerStable: Check = {
  id: 'broker-stable',
  title: 'The broker stays up',
  tags: ['doctor'],
  needs: ['broker-active'],
  run(facts) {
    const { restarts, activeForMs = 0 } = known(facts.units).broker
    const seconds = Math.round(activeForMs / 1000)
    if (restarts < often || activeForMs > recentlyMs)
      return { status: 'pass', observed: `up for ${seconds} s, ${restarts} restarts` }
    const journal = 'value' in facts.brokerJournal ? facts.brokerJournal.value : []
    return {
      status: 'fail',
      observed: `it runs for ${seconds} s and has been restarted ${restarts} times`,
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
