import type { ServiceHealth } from '../../../src/devices/client/health.ts'
import { type Healthy, type Row, testRows } from './rows.ts'

const health = (node: Healthy, changes: Partial<ServiceHealth>): void => {
  const service = node.deviceService.value
  if (service && 'broker' in service.health) Object.assign(service.health, changes)
}
const failure = (node: Healthy, text: string, activeForMs: number): void => {
  Object.assign(node.deviceService.value ?? {}, { health: { failure: text }, log: ['a', 'b', 'c', 'd'] })
  node.units.value.devices.activeForMs = activeForMs
}
const absent = (node: Healthy): void => {
  node.deviceService.value = undefined
}
const notInstalled = 'the device service is not installed'

const rows: Row[] = [
  ['devices-active', 'pass', 'a healthy node', 'active (running) for 3600 s, 0 restarts', () => undefined],
  ['devices-active', 'skip', 'no service', notInstalled, absent],
  ['devices-at-boot', 'skip', 'no service', notInstalled, absent],
  ['devices-broker', 'skip', 'no service', notInstalled, absent],
  ['devices-database', 'skip', 'no service', notInstalled, absent],
  ['devices-dead-letters', 'skip', 'no service', notInstalled, absent],
  [
    'devices-active',
    'fail',
    'stopped',
    'edgekit-devices.service is inactive (dead), result success, 0 restarts',
    node => Object.assign(node.units.value.devices, { active: 'inactive', sub: 'dead' }),
  ],
  [
    'devices-active',
    'fail',
    'a mistake in the settings, with the log',
    'edgekit: cannot use the settings',
    node => {
      Object.assign(node.units.value.devices, { active: 'failed', sub: 'failed', result: 'exit-code' })
      Object.assign(node.deviceService.value ?? {}, { log: ['edgekit: cannot use the settings'] })
    },
  ],
  [
    'devices-active',
    'warn',
    'no answer after a start',
    'it started 3 s ago, and does not answer yet: connection refused',
    node => failure(node, 'connection refused', 3_000),
  ],
  [
    'devices-active',
    'fail',
    'no answer',
    'it does not answer: no answer within 2 s',
    node => failure(node, 'no answer within 2 s', 60_000),
  ],
  ['devices-active', 'fail', 'the last lines of the log', 'd', node => failure(node, 'x', 60_000)],
  [
    'devices-broker',
    'skip',
    'no answer after a start',
    'the device service does not answer yet',
    node => failure(node, 'connection refused', 3_000),
  ],
  ['devices-at-boot', 'pass', 'a healthy node', 'enabled', () => undefined],
  [
    'devices-at-boot',
    'warn',
    'disabled',
    'edgekit-devices.service is disabled: it will not start at the next boot',
    node => (node.units.value.devices.enabled = 'disabled'),
  ],
  ['devices-broker', 'pass', 'a healthy node', 'connected to 127.0.0.1:1883', () => undefined],
  [
    'devices-broker',
    'fail',
    'no connection',
    'not connected to 127.0.0.1:1883: the broker keeps messages until its queue is full',
    node => health(node, { broker: 'away' }),
  ],
  [
    'devices-broker',
    'warn',
    'no connection after a start of the service',
    'not yet connected to 127.0.0.1:1883: the broker keeps messages until its queue is full',
    node => {
      health(node, { broker: 'away' })
      node.units.value.devices.activeForMs = 3_000
    },
  ],
  [
    'devices-broker',
    'warn',
    'no connection after a start of the broker',
    'not yet connected to 127.0.0.1:1883: the broker keeps messages until its queue is full',
    node => {
      health(node, { broker: 'away' })
      node.units.value.broker.activeForMs = 3_000
    },
  ],
  [
    'devices-database',
    'pass',
    'a healthy node',
    '/var/lib/edgekit/devices/devices.db works, 0 messages waiting',
    () => undefined,
  ],
  [
    'devices-database',
    'fail',
    'a database that is away',
    '/var/lib/edgekit/devices/devices.db cannot be used, 1000 messages waiting for 62 s',
    node => health(node, { database: 'away', waiting: 1000, lagMs: 61_900 }),
  ],
  ['devices-dead-letters', 'pass', 'a healthy node', 'no dead letters in the last hour', () => undefined],
  [
    'devices-dead-letters',
    'warn',
    'two',
    '2 messages in the last hour did not fit: they are kept as dead letters',
    node => health(node, { deadLetters: 2 }),
  ],
]

testRows(rows)
