/** In the header of the file, where file(1) and SQLite look: `edgk`. */
export const applicationId = 0x6564676b
export const schemaVersion = 1

/**
 * Times are ms since 1970. The columns of `device_main` that the backend reads have the names of its table in MySQL.
 * `report_order` and `status_order` keep older messages from replacing newer ones.
 */
export const createTables = `
CREATE TABLE device_main (
  device_id TEXT PRIMARY KEY,
  last_report_data TEXT,
  device_status TEXT,
  last_seen INTEGER,
  last_heartbeat INTEGER,
  is_online INTEGER,
  clock_suspect INTEGER NOT NULL DEFAULT 0,
  report_order INTEGER NOT NULL DEFAULT -1,
  status_order INTEGER NOT NULL DEFAULT -1
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  device_id TEXT NOT NULL,
  time INTEGER NOT NULL,
  key BLOB NOT NULL,
  topic TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  clock_suspect INTEGER,
  payload TEXT NOT NULL,
  PRIMARY KEY (device_id, time, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_received_at ON history (received_at);

CREATE TABLE dead_letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  received_at INTEGER NOT NULL,
  topic TEXT NOT NULL,
  reason TEXT NOT NULL,
  payload BLOB NOT NULL,
  size INTEGER NOT NULL
) STRICT;

CREATE TABLE command (
  request_id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL,
  action TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  answered_at INTEGER,
  success INTEGER,
  result TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX command_created_at ON command (created_at);

CREATE TABLE session_filter (
  client_id TEXT NOT NULL,
  filter TEXT NOT NULL,
  PRIMARY KEY (client_id, filter)
) STRICT, WITHOUT ROWID;
`

/** Create the device if the settings allow it. */
export const registerDevice = 'INSERT INTO device_main (device_id) VALUES (?1) ON CONFLICT DO NOTHING'

/** Changes one row, or none when the device is unknown. A null keeps what is there: no comparison with it is true. */
export const changeDevice = `
UPDATE device_main SET
  last_seen = CASE WHEN ?2 > ifnull(last_seen, 0) THEN ?2 ELSE last_seen END,
  last_heartbeat = CASE WHEN ?3 > ifnull(last_heartbeat, 0) THEN ?3 ELSE last_heartbeat END,
  last_report_data = CASE WHEN ?5 >= report_order THEN ?4 ELSE last_report_data END,
  report_order = CASE WHEN ?5 >= report_order THEN ?5 ELSE report_order END,
  device_status = CASE WHEN ?7 >= status_order THEN ?6 ELSE device_status END,
  status_order = CASE WHEN ?7 >= status_order THEN ?7 ELSE status_order END,
  clock_suspect = ifnull(?8, clock_suspect)
WHERE device_id = ?1`

export const addHistory = `
INSERT INTO history (device_id, time, key, topic, received_at, clock_suspect, payload)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING`

/** The first answer counts. */
export const answerCommand = `
UPDATE command SET answered_at = ?3, success = ?4, result = ?5
WHERE request_id = ?1 AND device_id = ?2 AND answered_at IS NULL`

export const addDeadLetter =
  'INSERT INTO dead_letter (received_at, topic, reason, payload, size) VALUES (?1, ?2, ?3, ?4, ?5)'

/** Keep the newest: whatever devices send, the table has at most this many rows of 4 kB. */
export const keepNewestDeadLetters =
  'DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - 10000'

/** A part at a time, so that messages do not wait for the whole. */
export const expireHistory = `
DELETE FROM history WHERE (device_id, time, key) IN
  (SELECT device_id, time, key FROM history WHERE received_at < ?1 LIMIT 2000)`
