import type { ProbeResult } from '../../broker/probe-result.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const edgecoreMqtt: Check = {
  id: 'edgecore-mqtt',
  title: "EdgeCore's log shows it connected to the broker",
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'running' },
  needs: ['journal-kept', 'edgecore-active', 'edgecore-event-bus', 'event-bus-clients', 'broker-round-trip'],
  run(facts) {
    if (requireFact(facts.units).edgecore.active !== 'active')
      return { status: 'skip', observed: 'EdgeCore does not run' }
    const log = requireFact(facts.edgecoreLog)
    const probe = 'value' in facts.brokerProbe ? facts.brokerProbe.value : undefined
    // The journal is kept for a while only; what was said at the start may be gone.
    if (log.eventBus === 'unknown' && probe && 'twin' in probe && probe.twin && 'ms' in probe.twin)
      return {
        status: 'pass',
        observed: 'its log does not reach back so far, but it answers over the broker',
      }
    if (log.eventBus === 'up')
      return { status: 'pass', observed: 'EventBus is connected', evidence: log.evidence }
    return {
      status: 'fail',
      observed: log.cause ? `EventBus is ${log.eventBus}: ${log.cause.text}` : `EventBus is ${log.eventBus}`,
      expected: 'connected (the log says "finish hub-client sub" and "finish hub-client pub")',
      evidence: [...log.evidence, ...clientsOf(probe)],
      remedy: {
        text: log.cause?.remedy ?? 'EdgeCore tries every 5 s. If this stays so, read its log.',
        commands: ['journalctl -u edgecore --no-pager -n 200 | grep -i -E "mqtt|hub-client|connect"'],
      },
    }
  },
}

/** What the broker itself says: with EdgeCore connected there are three or more. */
function clientsOf(probe: ProbeResult | undefined): string[] {
  const clients = probe && 'clients' in probe ? probe.clients : undefined
  return clients === undefined ? [] : [`$SYS/broker/clients/connected: ${clients}, edgekit is one of them`]
}
