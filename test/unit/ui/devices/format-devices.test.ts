import { expect, test } from 'vitest'
import type { Device } from '../../../../src/devices/api/schemas.ts'
import {
  formatChange,
  formatCommand,
  formatDevice,
  formatDevices,
} from '../../../../src/ui/devices/format-devices.ts'

const now = Date.UTC(2026, 10, 30, 12)
const secondsAgo = (seconds: number): string => new Date(now - seconds * 1000).toISOString()

const device: Device = {
  device_id: 'esp32-1',
  online: true,
  device_status: 'busy',
  last_seen: secondsAgo(5),
  last_heartbeat: null,
  last_report_data: { value: 7 },
  clock_suspect: false,
}
const bare: Device = {
  ...device,
  device_id: 'd2',
  online: null,
  device_status: null,
  last_seen: null,
  last_report_data: null,
}

test('devices are a table', () => {
  const offline = { ...device, device_id: 'd3', online: false }
  const ages = [119, 120, 7200, 200_000].map(seconds => ({ ...offline, last_seen: secondsAgo(seconds) }))
  expect(formatDevices([device, bare, ...ages], now)).toBe(`DEVICE   PRESENCE  STATUS  LAST SEEN
esp32-1  online    busy    5s ago
d2       unknown   -       never
d3       offline   busy    119s ago
d3       offline   busy    2m ago
d3       offline   busy    2h ago
d3       offline   busy    2d ago`)
})

test('a device has its newest report', () => {
  expect(formatDevice({ ...device, clock_suspect: true }, now)).toBe(`Device:          esp32-1
Presence:        online
Status:          busy
Last seen:       2026-11-30T11:59:55.000Z (5s ago)
Last heartbeat:  never
Clock:           off
Last report: {
  "value": 7
}`)
  expect(formatDevice(bare, now)).toContain('\nLast report: none')
})

test('a change is a line', () => {
  expect(formatChange(device, new Date(now))).toBe('12:00:00  esp32-1  online  busy  {"value":7}')
  expect(formatChange(bare, new Date(now))).toBe('12:00:00  d2  unknown  -')
})

const command = {
  request_id: 'r1',
  device_id: 'd1',
  action: 'led',
  created_at: secondsAgo(1),
  expires_at: secondsAgo(0),
}

test.each([
  [{ state: 'pending' }, 'Sent to d1; request id r1'],
  [{ state: 'answered', success: true }, 'd1 answered: success'],
  [{ state: 'answered', success: false, result: 'busy' }, 'd1 answered: failure\n"busy"'],
] as const)('%j', (state, text) => {
  expect(formatCommand({ ...command, ...state })).toBe(text)
})
