import { failed, probe } from './changes.ts'
import { type Row, testRows } from './rows.ts'

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
