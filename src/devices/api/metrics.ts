import { metricLines, type Sample } from '../../http/prometheus.ts'

/** What /metrics shows. Counters are since the start. */
export interface Measured {
  received: number
  stored: number
  duplicates: number
  deadLetters: number
  dropped: number
  /** Messages that arrived and are not stored yet. */
  waiting: number
  /** How long the oldest of them has waited, in ms. */
  lagMs: number
  connected: boolean
  databaseOk: boolean
  devices: number
  online: number
  /** Commands by what became of them. */
  commands: ReadonlyMap<string, number>
  /** HTTP requests by status. */
  statuses: ReadonlyMap<number, number>
}

/** Metrics in the text format of Prometheus. */
export function formatMetrics(measured: Measured): string {
  const { received, stored, duplicates, deadLetters, dropped } = measured
  const gauge = (name: string, help: string, value: number): string[] =>
    metricLines('gauge', `edgekit_devices_${name}`, help, [[{}, value]])
  const counter = (name: string, help: string, samples: readonly Sample[]): string[] =>
    metricLines('counter', `edgekit_devices_${name}_total`, help, samples)
  return [
    counter('messages_received', 'Messages from the broker, with those that it delivered again.', [
      [{}, received],
    ]),
    counter('messages', 'Messages by what became of them.', [
      [{ result: 'stored' }, stored],
      [{ result: 'duplicate' }, duplicates],
      [{ result: 'dead_letter' }, deadLetters],
      [{ result: 'dropped' }, dropped],
    ]),
    counter(
      'commands',
      'Commands by what became of them.',
      [...measured.commands].map(([result, count]) => [{ result }, count]),
    ),
    counter(
      'http_requests',
      'HTTP requests by status.',
      [...measured.statuses].map(([status, count]) => [{ status: String(status) }, count]),
    ),
    gauge('waiting', 'Messages that arrived and are not stored yet.', measured.waiting),
    gauge('lag_seconds', 'How long the oldest of them has waited.', measured.lagMs / 1000),
    gauge('broker_connected', '1: connected to the broker.', Number(measured.connected)),
    gauge('database_ok', '1: the database works.', Number(measured.databaseOk)),
    gauge('known', 'Devices in the database.', measured.devices),
    gauge('online', 'Devices that are online.', measured.online),
    [''],
  ]
    .flat()
    .join('\n')
}
