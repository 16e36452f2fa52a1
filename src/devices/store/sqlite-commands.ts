import type { Row, SqliteDatabase } from './sqlite-database.ts'
import type { CommandStore, StoredCommand } from './store.ts'

/** The commands in the database. */
export function sqliteCommands(database: SqliteDatabase): CommandStore {
  const add = database.prepare(
    'INSERT INTO command (request_id, device_id, action, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING',
  )
  const find = database.prepare('SELECT * FROM command WHERE request_id = ?1')
  const expire = database.prepare('UPDATE command SET expires_at = ?2 WHERE request_id = ?1')
  const remove = database.prepare('DELETE FROM command WHERE request_id = ?1')
  const removeOld = database.prepare('DELETE FROM command WHERE created_at < ?1')
  return {
    add: async ({ requestId, device, action, createdAt, expiresAt }) =>
      database.change(add, requestId, device, action, createdAt, expiresAt) === 1,
    find: async requestId => database.rows(find, requestId).map(commandOf)[0],
    async expire(requestId, at) {
      database.change(expire, requestId, at)
    },
    async remove(requestId) {
      database.change(remove, requestId)
    },
    async removeOld(before) {
      database.change(removeOld, before)
    },
  }
}

const commandOf = (row: Row): StoredCommand => ({
  requestId: String(row['request_id']),
  device: String(row['device_id']),
  action: String(row['action']),
  createdAt: Number(row['created_at']),
  expiresAt: Number(row['expires_at']),
  answer:
    row['answered_at'] === null
      ? undefined
      : {
          at: Number(row['answered_at']),
          success: row['success'] === 1,
          result: row['result'] === null ? undefined : String(row['result']),
        },
})
