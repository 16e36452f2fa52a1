/** A session in mosquitto's database. */
export interface SavedSession {
  clientId: string
  user: string
}

const magic = Buffer.from('\x00\xb5\x00mosquitto db', 'latin1')
const headerBytes = magic.length + 8
const version = 6
const chunkOfClient = 6
/** Bytes of a client chunk before its texts (struct PF_client in src/persist.h of mosquitto 2.0). */
const fixedBytes = 24
const lengthOfClientId = 14
const lengthOfUser = 18

/**
 * The sessions of users in a database that mosquitto 1.6 to 2.1 has saved; those of anonymous clients are left out. Throws an Error when it
 * has another format, or is cut off.
 */
export function readSavedSessions(database: Buffer): SavedSession[] {
  const isKnown =
    database.length >= headerBytes &&
    database.subarray(0, magic.length).equals(magic) &&
    database.readUInt32BE(magic.length + 4) === version
  if (!isKnown) throw new Error('it is not a database of mosquitto 2.0')
  const sessions: SavedSession[] = []
  for (let at = headerBytes; at < database.length; ) {
    if (database.length - at < 8) throw new Error('it is cut off')
    const [kind, length] = [database.readUInt32BE(at), database.readUInt32BE(at + 4)]
    const chunk = database.subarray(at + 8, at + 8 + length)
    if (chunk.length < length) throw new Error('it is cut off')
    if (kind === chunkOfClient) {
      const user = fixedBytes + chunk.readUInt16BE(lengthOfClientId)
      sessions.push({
        clientId: chunk.toString('utf8', fixedBytes, user),
        user: chunk.toString('utf8', user, user + chunk.readUInt16BE(lengthOfUser)),
      })
    }
    at += 8 + length
  }
  return sessions.filter(({ user }) => user !== '')
}
