import type { SQLOutputValue } from 'node:sqlite'
import type { Row, SqliteDatabase } from './sqlite-database.ts'
import { registerDevice } from './sqlite-schema.ts'
import type { DeviceStore, StoredDevice } from './store.ts'

/** The devices in the database. */
export function sqliteDevices(database: SqliteDatabase): DeviceStore {
  const list = database.prepare('SELECT * FROM device_main WHERE device_id > ?1 ORDER BY device_id LIMIT ?2')
  const find = database.prepare('SELECT * FROM device_main WHERE device_id = ?1')
  const count = database.prepare('SELECT count(*) AS devices FROM device_main')
  const add = database.prepare(registerDevice)
  const remove = database.prepare('DELETE FROM device_main WHERE device_id = ?1')
  return {
    list: async (after, most) => database.rows(list, after, most).map(deviceOf),
    find: async id => database.rows(find, id).map(deviceOf)[0],
    count: async () => Number(database.rows(count)[0]?.['devices']),
    add: async id => database.change(add, id) === 1,
    remove: async id => database.change(remove, id) === 1,
  }
}

const deviceOf = (row: Row): StoredDevice => ({
  id: String(row['device_id']),
  online: row['is_online'] === null ? undefined : row['is_online'] === 1,
  status: textOf(row['device_status']),
  lastSeen: timeOf(row['last_seen']),
  lastHeartbeat: timeOf(row['last_heartbeat']),
  lastReport: textOf(row['last_report_data']),
  clockSuspect: row['clock_suspect'] === 1,
})

const textOf = (value: SQLOutputValue = null): string | undefined =>
  value === null ? undefined : String(value)
const timeOf = (value: SQLOutputValue = null): number | undefined =>
  value === null ? undefined : Number(value)
