import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** Of what EdgeCore's log warns of, that which is about messages. */
const codes = ['event-bus-blocked', 'publish-failed', 'subscribe-failed']

export const eventBusBacklog: Check = {
  id: 'event-bus-backlog',
  title: 'No messages are stuck inside EdgeCore',
  tags: ['doctor'],
  appliesTo: { edgecore: 'running' },
  needs: ['edgecore-mqtt'],
  run(facts) {
    const warnings = requireFact(facts.edgecoreLog).warnings.filter(({ code }) => codes.includes(code))
    const [first] = warnings
    if (!first) return { status: 'pass', observed: 'its log tells of none' }
    return {
      status: 'warn',
      observed: warnings.map(({ text, times }) => `${text} (${times} times since it started)`).join('; '),
      expected: 'an EventBus that hands messages on as they come',
      evidence: warnings.map(({ line }) => line),
      remedy: {
        text: `The broker was away or slow. ${first.remedy} A restart of EdgeCore clears the warning.`,
        commands: ['journalctl -u mosquitto -n 50 --no-pager', 'systemctl restart edgecore'],
      },
    }
  },
}
