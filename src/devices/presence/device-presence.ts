import { messageOf } from '../../lib/errors.ts'
import type { Log, Publish } from '../log.ts'
import type { Report } from '../messages/message.ts'
import type { DevicesSettings } from '../settings.ts'
import type { Store } from '../store/store.ts'
import { type Outage, Presence, type PresenceChange } from './presence.ts'

/** Presence whose changes are stored, and published as events. */
export interface DevicePresence {
  /** Reports that have been stored. */
  observe(reports: readonly Report[]): void
  add(device: string): void
  remove(device: string): void
  /** How many devices are online. */
  readonly online: number
  suspend(outage: Outage): void
  resume(outage: Outage): void
  expire(): void
  /** Leave every device unknown: without the service, no lease ends. */
  stop(): Promise<void>
}

type PresenceStore = Pick<Store, 'presence' | 'setPresence'>

/** All devices are unknown at first. */
export async function startPresence(
  { leaseSeconds }: Pick<DevicesSettings, 'leaseSeconds'>,
  store: PresenceStore,
  publish: Publish,
  log: Log,
): Promise<DevicePresence> {
  const devices = await store.presence()
  const presence = new Presence({ leaseMs: leaseSeconds * 1000, devices, now: () => performance.now() })
  /** The last change of each device, until it is stored. */
  const unsaved = new Map<string, PresenceChange>()
  let isFailing = false
  const save = async (changes: readonly PresenceChange[]): Promise<void> => {
    for (const change of changes) unsaved.set(change.device, change)
    if (unsaved.size === 0) return
    const saved = [...unsaved.values()]
    unsaved.clear()
    try {
      await store.setPresence(saved)
      isFailing = false
    } catch (error) {
      // What changed again in the meantime is newer.
      for (const change of saved) if (!unsaved.has(change.device)) unsaved.set(change.device, change)
      if (!isFailing)
        log({ level: 'warning', message: 'cannot store which devices are online', reason: messageOf(error) })
      isFailing = true
    }
  }
  const update = (changes: readonly PresenceChange[]): void => {
    void save(changes)
    for (const { device, online, reason } of changes)
      if (reason !== undefined)
        publish(`system/devices/${online ? 'online' : 'offline'}`, {
          device_id: device,
          reason,
          timestamp: Date.now(),
        })
  }
  const forget = [...devices.keys()].map(device => ({ device, online: undefined, reason: undefined }))
  await save(forget)
  return {
    observe: reports => update(presence.observe(reports)),
    add: device => presence.add(device),
    remove: device => presence.remove(device),
    get online() {
      return presence.online
    },
    suspend: outage => update(presence.suspend(outage)),
    resume: outage => presence.resume(outage),
    expire: () => update(presence.expire()),
    stop: () => save(presence.suspend('broker')),
  }
}
