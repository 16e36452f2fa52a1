import { isOffline, type Report } from '../messages/message.ts'

/** A device whose state changed. */
export interface PresenceChange {
  device: string
  /** Undefined: unknown. */
  online: boolean | undefined
  /** Undefined: not an event for others, because the device had that state before. */
  reason: 'it published' | 'it was reported offline' | 'its lease ended' | undefined
}

/** What keeps messages away from the service. */
export type Outage = 'broker' | 'database'

interface PresenceOptions {
  leaseMs: number
  /** Devices in the database, and whether they were online when the service ended; undefined: unknown. */
  devices: ReadonlyMap<string, boolean | undefined>
  /** Monotonic, in ms: a clock that is set does not end a lease. */
  now: () => number
}

/**
 * Which devices are online. A will is not enough: a broker that is killed leaves a retained "online" behind forever. A
 * device is online for one lease after each message, and offline at once when it is reported offline. While messages
 * cannot arrive, and for one lease afterwards, devices are unknown until they publish.
 */
export class Presence {
  readonly #leaseMs: number
  readonly #now: () => number
  /** When the lease of each online device ends. */
  readonly #leases = new Map<string, number>()
  /** Unknown devices, and whether they were offline before. */
  readonly #unknown = new Map<string, boolean>()
  readonly #outages = new Set<Outage>(['broker'])
  /** When unknown devices count as offline. */
  #graceEnds = 0

  constructor({ leaseMs, devices, now }: PresenceOptions) {
    this.#leaseMs = leaseMs
    this.#now = now
    for (const [device, online] of devices) this.#unknown.set(device, online === false)
  }

  /** Reports of devices in the database, in their order of arrival. */
  observe(reports: readonly Report[]): PresenceChange[] {
    return reports.flatMap((report): PresenceChange[] => {
      // An old one, which shows nothing of the device now.
      if (report.retained) return []
      const { device } = report
      const wasOnline = this.#leases.delete(device)
      const wasOffline = this.#unknown.get(device) ?? !wasOnline
      this.#unknown.delete(device)
      if (isOffline(report))
        return [{ device, online: false, reason: wasOffline ? undefined : 'it was reported offline' }]
      this.#leases.set(device, this.#now() + this.#leaseMs)
      return wasOnline ? [] : [{ device, online: true, reason: 'it published' }]
    })
  }

  /** A device that has never published. */
  add(device: string): void {
    if (!this.#leases.has(device)) this.#unknown.set(device, true)
  }

  remove(device: string): void {
    this.#leases.delete(device)
    this.#unknown.delete(device)
  }

  /** How many devices are online. */
  get online(): number {
    return this.#leases.size
  }

  /** Messages cannot arrive: everything that was online is unknown from now on. */
  suspend(outage: Outage): PresenceChange[] {
    this.#outages.add(outage)
    const devices = [...this.#leases.keys()]
    this.#leases.clear()
    for (const device of devices) this.#unknown.set(device, false)
    return devices.map(device => ({ device, online: undefined, reason: undefined }))
  }

  resume(outage: Outage): void {
    this.#outages.delete(outage)
    this.#graceEnds = this.#now() + this.#leaseMs
  }

  /** What the time alone has changed. */
  expire(): PresenceChange[] {
    if (this.#outages.size > 0) return []
    const now = this.#now()
    const expired: PresenceChange[] = []
    // In the order of their ends: each renewal moves a device behind the others.
    for (const [device, ends] of this.#leases) {
      if (ends > now) break
      this.#leases.delete(device)
      expired.push({ device, online: false, reason: 'its lease ended' })
    }
    if (now < this.#graceEnds) return expired
    for (const [device, wasOffline] of this.#unknown)
      expired.push({ device, online: false, reason: wasOffline ? undefined : 'its lease ended' })
    this.#unknown.clear()
    return expired
  }
}
