import type { ProbeResult } from '../../broker/probe-result.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { whyConnecting } from '../shared/connecting.ts'

export const edgecoreMqtt: Check = {
  id: 'edgecore-mqtt',
  title: 'EdgeCore is connected to the broker',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'running' },
  needs: ['journal-kept', 'edgecore-active', 'edgecore-event-bus', 'event-bus-clients', 'broker-round-trip'],
  run(facts) {
    if (requireFact(facts.units).edgecore.active !== 'active')
      return { status: 'skip', observed: 'EdgeCore is not running' }
    const log = requireFact(facts.edgecoreLog)
    const probe = 'value' in facts.brokerProbe ? facts.brokerProbe.value : undefined
    // Lines from EdgeCore's start may have been rotated out of the journal.
    if (log.eventBus === 'unknown' && probe && 'twin' in probe && probe.twin && 'ms' in probe.twin)
      return {
        status: 'pass',
        observed: 'connected: EdgeCore answers over the broker (its log has been rotated)',
      }
    if (log.eventBus === 'up')
      return { status: 'pass', observed: 'EventBus is connected', evidence: log.evidence }
    const expected = 'connected ("finish hub-client sub" and "finish hub-client pub" in the log)'
    const connecting = whyConnecting(facts)
    if (connecting !== undefined)
      return {
        status: 'warn',
        observed: connecting,
        expected,
        evidence: log.evidence,
        remedy: { text: 'Wait some seconds, then check again.', commands: ['edgekit doctor edgecore-mqtt'] },
      }
    return {
      status: 'fail',
      observed: log.cause ? `EventBus is ${log.eventBus}: ${log.cause.text}` : `EventBus is ${log.eventBus}`,
      expected,
      evidence: [...log.evidence, ...clientsOf(probe)],
      remedy: {
        text: log.cause?.remedy ?? "Check EdgeCore's log: it retries every 5 s.",
        commands: log.cause?.commands ?? [
          'journalctl -u edgecore --no-pager -n 200 | grep -i -E "mqtt|hub-client|connect"',
        ],
      },
    }
  },
}

/** The broker's own count: three or more when EdgeCore is connected. */
function clientsOf(probe: ProbeResult | undefined): string[] {
  const clients = probe && 'clients' in probe ? probe.clients : undefined
  return clients === undefined ? [] : [`$SYS/broker/clients/connected: ${clients}, including edgekit`]
}
