import { randomBytes } from 'node:crypto'
import type { StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { EdgekitError } from '../../lib/errors.ts'
import {
  type CommandAnswer,
  type DeadLetter,
  deadReport,
  isDead,
  isReport,
  type Message,
  type Report,
} from '../messages/message.ts'
import { mergeReports } from './merge.ts'
import { sqliteCommands } from './sqlite-commands.ts'
import { reasonOf, SqliteDatabase } from './sqlite-database.ts'
import { sqliteDevices } from './sqlite-devices.ts'
import * as sql from './sqlite-schema.ts'
import type { CommandStore, DeviceStore, Store, Written } from './store.ts'

export interface SqliteOptions {
  path: string
  /** Create devices that the table lacks. */
  registerUnknown: boolean
  /** Keep every message, too. */
  history: boolean
}

/**
 * Open the database of the service, and create it if it does not exist. Throws EdgekitError (devices-database-unusable).
 */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  try {
    return new SqliteStore(await SqliteDatabase.open(options.path), options)
  } catch (error) {
    throw new EdgekitError(`cannot use the database ${options.path}: ${reasonOf(error)}`, {
      code: 'devices-database-unusable',
      remedy: 'Check the path in "database" of the settings, its permissions, and the disk.',
      cause: error,
    })
  }
}

class SqliteStore implements Store {
  readonly devices: DeviceStore
  readonly commands: CommandStore
  readonly #database: SqliteDatabase
  readonly #options: SqliteOptions
  readonly #register: StatementSync
  readonly #change: StatementSync
  readonly #history: StatementSync
  readonly #dead: StatementSync
  readonly #trimDead: StatementSync
  readonly #presence: StatementSync
  readonly #answer: StatementSync
  readonly #knowsCommand: StatementSync

  constructor(database: SqliteDatabase, options: SqliteOptions) {
    this.#database = database
    this.#options = options
    this.devices = sqliteDevices(database)
    this.commands = sqliteCommands(database)
    this.#register = database.prepare(sql.registerDevice)
    this.#change = database.prepare(sql.changeDevice)
    this.#history = database.prepare(sql.addHistory)
    this.#dead = database.prepare(sql.addDeadLetter)
    this.#presence = database.prepare('UPDATE device_main SET is_online = ?1 WHERE device_id = ?2')
    this.#trimDead = database.prepare(sql.keepNewestDeadLetters)
    this.#answer = database.prepare(sql.answerCommand)
    this.#knowsCommand = database.prepare('SELECT 1 FROM command WHERE request_id = ?1 AND device_id = ?2')
  }

  async write(batch: readonly Message[]): Promise<Written> {
    return this.#database.transaction(() => {
      const unknown = this.#changeDevices(batch.filter(isReport))
      const written: Written = {
        stored: 0,
        duplicates: 0,
        deadLetters: 0,
        unknown: [...unknown],
        answered: [],
      }
      for (const message of batch) {
        if (isDead(message)) this.#addDead(message, written)
        else if (unknown.has(message.device))
          this.#addDead(deadReport(message, 'the device is unknown'), written)
        else if (message.answer) this.#addAnswer(message, message.answer, written)
        else if (!this.#options.history || this.#addHistory(message)) written.stored++
        else written.duplicates++
      }
      if (written.deadLetters > 0) this.#trimDead.run()
      return written
    })
  }

  /** Returns the unknown devices. */
  #changeDevices(reports: readonly Report[]): Set<string> {
    const unknown = new Set<string>()
    for (const { device, lastSeen, lastHeartbeat, report, status, clockSuspect } of mergeReports(reports)) {
      if (this.#options.registerUnknown) this.#register.run(device)
      const { changes } = this.#change.run(
        device,
        lastSeen ?? null,
        lastHeartbeat ?? null,
        report?.value ?? null,
        report?.order ?? null,
        status?.value ?? null,
        status?.order ?? null,
        clockSuspect === undefined ? null : Number(clockSuspect),
      )
      if (changes === 0) unknown.add(device)
    }
    return unknown
  }

  #addAnswer(message: Report, { requestId, success, result }: CommandAnswer, written: Written): void {
    const { device, receivedAt } = message
    const { changes } = this.#answer.run(requestId, device, receivedAt, Number(success), result ?? null)
    if (changes === 1) {
      written.stored++
      written.answered.push(requestId)
    } else if (this.#knowsCommand.get(requestId, device)) written.duplicates++
    else this.#addDead(deadReport(message, 'the device was sent no command with this request_id'), written)
  }

  /** Returns false when the history already has it. */
  #addHistory({ device, givenTime, receivedAt, key, topic, clock, text }: Report): boolean {
    const { changes } = this.#history.run(
      device,
      givenTime ?? receivedAt,
      key ?? randomBytes(16),
      topic,
      receivedAt,
      clock === undefined ? null : Number(clock === 'suspect'),
      text,
    )
    return changes === 1
  }

  #addDead({ receivedAt, topic, reason, payload, size }: DeadLetter, written: Written): void {
    this.#dead.run(receivedAt, topic, reason, payload, size)
    written.deadLetters++
  }

  async expireHistory(before: number): Promise<void> {
    const part = this.#database.prepare(sql.expireHistory)
    while (this.#database.change(part, before) !== 0) await setImmediate()
  }

  async presence(): Promise<Map<string, boolean | undefined>> {
    const rows = this.#database.rows(this.#database.prepare('SELECT device_id, is_online FROM device_main'))
    return new Map(
      rows.map(({ device_id: device, is_online: online }) => [
        String(device),
        online === null ? undefined : online === 1,
      ]),
    )
  }

  async setPresence(changes: readonly { device: string; online: boolean | undefined }[]): Promise<void> {
    this.#database.transaction(() => {
      for (const { device, online } of changes)
        this.#presence.run(online === undefined ? null : Number(online), device)
    })
  }

  async sessionFilters(clientId: string): Promise<string[]> {
    const select = this.#database.prepare(
      'SELECT filter FROM session_filter WHERE client_id = ? ORDER BY filter',
    )
    const rows = this.#database.rows(select, clientId)
    return rows.map(({ filter }) => String(filter))
  }

  async recordSessionFilters(clientId: string, filters: readonly string[]): Promise<void> {
    this.#database.transaction(() => {
      this.#database.prepare('DELETE FROM session_filter WHERE client_id = ?').run(clientId)
      const add = this.#database.prepare('INSERT INTO session_filter (client_id, filter) VALUES (?, ?)')
      for (const filter of new Set(filters)) add.run(clientId, filter)
    })
  }

  async close(): Promise<void> {
    this.#database.close()
  }
}
