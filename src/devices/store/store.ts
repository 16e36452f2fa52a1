import type { Message } from '../messages/message.ts'

/** What became of a batch. */
export interface Written {
  /** Reports that are now in the database. */
  stored: number
  /** Reports that the history already has, from an earlier delivery. */
  duplicates: number
  deadLetters: number
  /** The ids of unknown devices, each once. */
  unknown: string[]
}

/** The database of the service. One writer at a time. */
export interface Store {
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
