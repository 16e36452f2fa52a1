import type { CommandAnswer, Message } from '../messages/message.ts'

/** What became of a batch. */
export interface Written {
  /** Reports that are now in the database. */
  stored: number
  /** Reports that the history already has, from an earlier delivery. */
  duplicates: number
  deadLetters: number
  /** The ids of unknown devices, each once. */
  unknown: string[]
  /** The commands that have been answered, by their request id. */
  answered: string[]
}

/** A device as the database has it. Times are ms since 1970. */
export interface StoredDevice {
  id: string
  /** Undefined: unknown. */
  online: boolean | undefined
  status: string | undefined
  lastSeen: number | undefined
  lastHeartbeat: number | undefined
  /** JSON. */
  lastReport: string | undefined
  clockSuspect: boolean
}

export interface DeviceStore {
  /** Devices with an id after this one, in the order of their ids; all throw DatabaseAway. */
  list(after: string, most: number): Promise<StoredDevice[]>
  find(id: string): Promise<StoredDevice | undefined>
  count(): Promise<number>
  /** Returns false when it exists. */
  add(id: string): Promise<boolean>
  /** Returns false when it does not exist. History and commands stay. */
  remove(id: string): Promise<boolean>
}

interface NewCommand {
  requestId: string
  device: string
  action: string
  /** ms since 1970. */
  createdAt: number
  /** When the time to answer ends, in ms since 1970. */
  expiresAt: number
}

/** A command that was sent. Its parameters are not kept: they can be secrets. */
export interface StoredCommand extends NewCommand {
  /** Undefined: not answered. */
  answer: (Omit<CommandAnswer, 'requestId'> & { at: number }) | undefined
}

export interface CommandStore {
  /** Returns false when the request id is used. All throw DatabaseAway. */
  add(command: NewCommand): Promise<boolean>
  find(requestId: string): Promise<StoredCommand | undefined>
  /** End the time to answer. */
  expire(requestId: string, at: number): Promise<void>
  /** Remove a command that was never sent. */
  remove(requestId: string): Promise<void>
  /** Remove what was created before this time (ms since 1970). */
  removeOld(before: number): Promise<void>
}

/** The database of the service. One writer at a time. */
export interface Store {
  readonly devices: DeviceStore
  readonly commands: CommandStore
  /**
   * Store a batch in one transaction; it is on the disk when the promise resolves. Throws RefusedData when the database
   * refuses a message, and DatabaseAway when it cannot be used now; nothing is stored in either case.
   */
  write(batch: readonly Message[]): Promise<Written>
  /** Delete history before this time (ms since 1970). */
  expireHistory(before: number): Promise<void>
  /** All devices, and whether they are online; undefined: unknown. */
  presence(): Promise<Map<string, boolean | undefined>>
  /** In this order. Throws DatabaseAway. */
  setPresence(changes: readonly { device: string; online: boolean | undefined }[]): Promise<void>
  /** Topic filters that the session on the broker has, as far as recorded. */
  sessionFilters(clientId: string): Promise<string[]>
  recordSessionFilters(clientId: string, filters: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** A message has something that the database does not accept. */
export class RefusedData extends Error {}

/** The database is locked, full, read-only, or unreachable. The message has the reason. */
export class DatabaseAway extends Error {}
