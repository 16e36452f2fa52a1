import type { Command, Device } from '../../devices/api/schemas.ts'
import { formatTable, paint } from '../text.ts'

/** Devices as a table. `now`: ms since 1970. */
export const formatDevices = (devices: readonly Device[], now: number): string =>
  formatTable([
    ['DEVICE', 'PRESENCE', 'STATUS', 'LAST SEEN'],
    ...devices.map(device => [
      device.device_id,
      presenceOf(device),
      device.device_status ?? '-',
      device.last_seen === null ? 'never' : `${ageOf(device.last_seen, now)} ago`,
    ]),
  ])

/** A device and its newest report. */
export function formatDevice(device: Device, now: number): string {
  const timeOf = (time: string | null): string =>
    time === null ? 'never' : `${time} (${ageOf(time, now)} ago)`
  const rows = [
    ['Device:', device.device_id],
    ['Presence:', presenceOf(device)],
    ['Status:', device.device_status ?? '-'],
    ['Last seen:', timeOf(device.last_seen)],
    ['Last heartbeat:', timeOf(device.last_heartbeat)],
    ...(device.clock_suspect ? [['Clock:', paint('yellow', 'off')]] : []),
  ]
  const report = device.last_report_data
  const lines = report === null ? 'none' : JSON.stringify(report, null, 2)
  return `${formatTable(rows)}\nLast report: ${lines}`
}

/** A change of a device on one line: `12:30:05  d1  online  {"value":7}`. */
export const formatChange = (device: Device, at: Date): string =>
  [
    at.toISOString().slice(11, 19),
    device.device_id,
    presenceOf(device),
    device.device_status ?? '-',
    device.last_report_data === null ? '' : JSON.stringify(device.last_report_data),
  ]
    .join('  ')
    .trimEnd()

/** What became of a command. */
export function formatCommand({
  device_id: device,
  state,
  success,
  result,
  request_id: id,
}: Command): string {
  if (state === 'pending') return `Sent to ${device}; request id ${id}`
  const outcome = success ? `${device} answered: success` : `${device} answered: failure`
  return result === undefined ? outcome : `${outcome}\n${JSON.stringify(result, null, 2)}`
}

const presenceOf = ({ online }: Device): string =>
  online === null ? 'unknown' : online ? paint('green', 'online') : 'offline'

/** As kubectl shows ages: the largest unit only. */
function ageOf(time: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(time)) / 1000))
  if (seconds < 120) return `${seconds}s`
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)}m`
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`
}
