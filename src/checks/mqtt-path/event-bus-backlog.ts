import { requireFact } from '../../facts/fact.ts'
import { plural } from '../../lib/format.ts'
import type { Check } from '../check.ts'

/** Warnings in EdgeCore's log that concern messages. */
const codes = ['event-bus-blocked', 'publish-failed', 'subscribe-failed']

export const eventBusBacklog: Check = {
  id: 'event-bus-backlog',
  title: 'EventBus has no message backlog',
  tags: ['doctor'],
  appliesTo: { edgecore: 'running' },
  needs: ['edgecore-mqtt'],
  run(facts) {
    const warnings = requireFact(facts.edgecoreLog).warnings.filter(({ code }) => codes.includes(code))
    const [first] = warnings
    if (!first) return { status: 'pass', observed: 'none found in the log' }
    return {
      status: 'warn',
      observed: warnings
        .map(({ text, times }) => `${text} (${plural(times, 'time')} since it started)`)
        .join('; '),
      expected: 'messages delivered as they arrive',
      evidence: warnings.map(({ line }) => line),
      remedy: {
        text: `${first.remedy} A restart of EdgeCore clears the warning.`,
        commands: [
          ...(first.commands ?? ['journalctl -u mosquitto -n 50 --no-pager']),
          'systemctl restart edgecore',
        ],
      },
    }
  },
}
