import { isOffline, type Report } from '../messages/message.ts'

/** What the reports of one batch change about a device. */
export interface DeviceChange {
  device: string
  lastSeen: number | undefined
  lastHeartbeat: number | undefined
  report: Latest | undefined
  status: Latest | undefined
  /** Whether the clock of the device is off; undefined: none of the reports shows it. */
  clockSuspect: boolean | undefined
}

/** The newest value, and its order. */
interface Latest {
  value: string
  order: number
}

/** One change for each device, sorted by id: two writers that lock rows in one order cannot deadlock. */
export function mergeReports(reports: readonly Report[]): DeviceChange[] {
  const changes = new Map<string, DeviceChange>()
  for (const report of reports) {
    const { device } = report
    const change = changes.get(device) ?? {
      device,
      lastSeen: undefined,
      lastHeartbeat: undefined,
      report: undefined,
      status: undefined,
      clockSuspect: undefined,
    }
    apply(change, report)
    changes.set(device, change)
  }
  return [...changes.values()].toSorted((one, other) => (one.device < other.device ? -1 : 1))
}

function apply(change: DeviceChange, report: Report): void {
  const { kind, text, status, order, clock, retained, receivedAt } = report
  // A retained message only shows that the device was online some time ago.
  if (!retained && !isOffline(report)) change.lastSeen = latest(change.lastSeen, receivedAt)
  if (clock) change.clockSuspect = clock === 'suspect'
  if (kind === 'heartbeat' && !retained) change.lastHeartbeat = latest(change.lastHeartbeat, receivedAt)
  else if (kind === 'status' && status !== undefined)
    change.status = newer(change.status, { value: status, order })
  else if (kind === 'report' || kind === 'measurement')
    change.report = newer(change.report, { value: text, order })
}

const latest = (before: number | undefined, now: number): number => Math.max(before ?? 0, now)

/** Of two with the same order, which has whole seconds on many devices, the one that arrived last. */
const newer = (before: Latest | undefined, now: Latest): Latest =>
  before && before.order > now.order ? before : now
