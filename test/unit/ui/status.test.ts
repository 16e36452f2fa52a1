import { expect, test } from 'vitest'
import type { Status } from '../../../src/install/status.ts'
import { formatStatus } from '../../../src/ui/status.ts'

const installed: NonNullable<Status['installed']> = {
  bundle: { name: 'kubeedge-edge', kubeedgeVersion: 'v1.22.0', arch: 'amd64', manifestSha256: '0' },
  edgekit: '0.1.0',
  installedAt: '2026-06-01T08:00:00.000Z',
  updatedAt: '2026-06-02T08:00:00.000Z',
  options: {},
}
const services = [
  { name: 'mosquitto', state: 'active', since: '2026-06-02T08:00:00.000Z', version: '2.0.22' },
  { name: 'edgecore', state: 'failed', since: undefined, version: 'v1.22.0' },
]
const status: Status = { installed, interrupted: null, running: undefined, differences: [] }
const listeners = ['127.0.0.1:1883', ...Array.from({ length: 6 }, (_, index) => `192.0.2.${index}:8883`)]

test('what runs stands between what is installed and what has changed, within 80 columns', () => {
  const broker = {
    profile: 'devices' as const,
    listeners,
    users: 3,
    certificateDays: 1,
    caDays: 7000,
    sessionsWaiting: 2,
  }
  const text = formatStatus({
    ...status,
    running: { services, cloud: { joined: true, link: 'connected' }, broker },
  })
  expect(text).toBe(`kubeedge-edge v1.22.0 for amd64
  first installed 2026-06-01 08:00 UTC
  last changed    2026-06-02 08:00 UTC by edgekit 0.1.0
Services
  mosquitto    active since 2026-06-02 08:00 UTC, 2.0.22
  edgecore     failed, v1.22.0
Cloud
  joined       yes
  link         connected
Broker
  profile      devices
  listeners    127.0.0.1:1883, 192.0.2.0:8883, 192.0.2.1:8883, 192.0.2.2:8883,
               192.0.2.3:8883, 192.0.2.4:8883, 192.0.2.5:8883
  users        3
  certificate  1 day left, CA 7000 days
  sessions     2 waiting for their clients
Nothing has changed since.`)
})

test('what could not be read is unknown, or left out', () => {
  const broker = {
    profile: 'local' as const,
    listeners: [],
    users: undefined,
    certificateDays: undefined,
    caDays: undefined,
    sessionsWaiting: undefined,
  }
  const text = formatStatus({
    ...status,
    running: { services: [], cloud: { joined: undefined, link: undefined }, broker },
  })
  expect(text).toContain(`Cloud
  joined       unknown
  link         unknown
Broker
  profile      local
  listeners    none
Nothing has changed since.`)
})

test('where nothing is installed, nothing runs', () => {
  expect(formatStatus({ ...status, installed: null })).toBe('edgekit has installed nothing on this machine.')
})
