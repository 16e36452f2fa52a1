import type { EventBusState } from '../../../src/edgecore/log/event-bus-log.ts'
import { failed, probe } from './changes.ts'
import { type Healthy, type Row, testRows } from './rows.ts'

/** EdgeCore could not connect, and the broker has been active for so long. */
function refusedAfter(node: Healthy, activeForMs: number): void {
  node.units.value.broker.activeForMs = activeForMs
  const cause = { code: 'connection-refused', text: 'nothing listens', remedy: 'Start the broker.' }
  Object.assign(node.edgecoreLog.value, { eventBus: 'failing', cause })
}

/** EdgeCore has been active for so long, and is not connected yet. */
function startedBefore(node: Healthy, activeForMs: number, eventBus: EventBusState): void {
  node.units.value.edgecore.activeForMs = activeForMs
  node.edgecoreLog.value.eventBus = eventBus
  probe(node, { twin: failed })
}

const rows: Row[] = [
  [
    'edgecore-mqtt',
    'fail',
    'EventBus failing',
    'EventBus is failing',
    node => (node.edgecoreLog.value.eventBus = 'failing'),
  ],
  [
    'edgecore-mqtt',
    'fail',
    'EventBus hung',
    'EventBus is hung',
    node => (node.edgecoreLog.value.eventBus = 'hung'),
  ],
  [
    'edgecore-mqtt',
    'skip',
    'no broker',
    'depends on orphan-broker',
    node => (node.units.value.broker.active = 'failed'),
  ],
  [
    'edgecore-mqtt',
    'pass',
    'a rotated log',
    'connected: EdgeCore answers over the broker (its log has been rotated)',
    node => (node.edgecoreLog.value.eventBus = 'unknown'),
  ],
  [
    'edgecore-mqtt',
    'fail',
    'a rotated log and no answer',
    'EventBus is unknown',
    node => {
      node.edgecoreLog.value.eventBus = 'unknown'
      probe(node, { twin: failed })
    },
  ],
  ...(['unknown', 'starting', 'connecting'] as const).flatMap((eventBus): Row[] => [
    [
      'edgecore-mqtt',
      'warn',
      `EventBus ${eventBus} in an EdgeCore that has just started`,
      'EdgeCore is connecting: it started 1 s ago',
      node => startedBefore(node, 1_000, eventBus),
    ],
    [
      'edgecore-mqtt',
      'fail',
      `EventBus ${eventBus} in an EdgeCore that started a while ago`,
      `EventBus is ${eventBus}`,
      node => startedBefore(node, 16_000, eventBus),
    ],
  ]),
  [
    'edgecore-mqtt',
    'warn',
    'EventBus connecting on a slow machine',
    'EdgeCore is connecting: it started 16 s ago',
    node => {
      node.machine.value.slowness = 2
      startedBefore(node, 16_000, 'connecting')
    },
  ],
  [
    'edgecore-mqtt',
    'fail',
    'refused, in an EdgeCore that has just started',
    'EventBus is failing: nothing listens',
    node => {
      refusedAfter(node, 20_000)
      node.units.value.edgecore.activeForMs = 1_000
    },
  ],
  [
    'twin-answers',
    'skip',
    'an EdgeCore that has just started',
    'EdgeCore is connecting to the broker',
    node => startedBefore(node, 1_000, 'connecting'),
  ],
  [
    'edgecore-mqtt',
    'warn',
    'a broker that has just started',
    'EdgeCore is reconnecting: the broker started 3 s ago, and EdgeCore tries every 5 s',
    node => refusedAfter(node, 3_000),
  ],
  [
    'edgecore-mqtt',
    'fail',
    'refused by a broker that runs',
    'EventBus is failing: nothing listens',
    node => refusedAfter(node, 20_000),
  ],
  [
    'edgecore-mqtt',
    'fail',
    'another cause, and a broker that has just started',
    'EventBus is failing: not authorized',
    node => {
      refusedAfter(node, 3_000)
      node.edgecoreLog.value.cause = { code: 'not-authorized', text: 'not authorized', remedy: 'Set it.' }
    },
  ],
  [
    'twin-answers',
    'skip',
    'a broker that has just started',
    'EdgeCore is connecting to the broker',
    node => {
      refusedAfter(node, 3_000)
      probe(node, { twin: failed })
    },
  ],
  [
    'event-bus-topics',
    'fail',
    'denied by an access list',
    'messages on $hw/events/… do not arrive (no message came back in time), messages on other topics do',
    node => probe(node, { edgecoreTopics: failed }),
  ],
  [
    'twin-answers',
    'fail',
    'no answer',
    'no answer to $hw/events/node/…/membership/get: no message came back in time',
    node => probe(node, { twin: failed }),
  ],
  [
    'event-bus-backlog',
    'warn',
    'a full channel',
    'x (1 time since it started)',
    node =>
      node.edgecoreLog.value.warnings.push({
        code: 'event-bus-blocked',
        text: 'x',
        remedy: 'Restart the broker.',
        line: 'z',
        times: 1,
      }),
  ],
]

testRows(rows)
