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
/** A client ID and a user name have at most 65,535 bytes each. */
const maxClientBytes = fixedBytes + 2 * 65_535

/**
 * The sessions of users in a database that mosquitto 1.6 to 2.1 has saved, read in parts: messages can make it as large as the memory
 * of the broker. Sessions of anonymous clients are left out. Throws an Error when it has another format, or is cut off.
 */
export async function readSavedSessions(
  database: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<SavedSession[]> {
  const sessions: SavedSession[] = []
  let rest: Buffer = Buffer.alloc(0)
  let isKnown = false
  /** Bytes of a chunk of another kind that have not come yet. */
  let skipped = 0
  for await (const part of database) {
    const bytes = part.subarray(skipped)
    skipped -= Math.min(skipped, part.length)
    rest = Buffer.concat([rest, bytes])
    if (!isKnown && rest.length >= headerBytes) {
      requireKnown(rest)
      isKnown = true
      rest = rest.subarray(headerBytes)
    }
    while (isKnown && rest.length >= 8) {
      const [kind, length] = [rest.readUInt32BE(0), rest.readUInt32BE(4)]
      if (kind !== chunkOfClient) skipped = Math.max(0, 8 + length - rest.length)
      else if (rest.length < 8 + length && length <= maxClientBytes) break
      else sessions.push(sessionIn(rest.subarray(8, 8 + length)))
      rest = rest.subarray(8 + length)
    }
  }
  if (!isKnown) requireKnown(rest)
  if (rest.length + skipped > 0) throw new Error('it is cut off')
  return sessions.filter(({ user }) => user !== '')
}

function requireKnown(start: Buffer): void {
  const isKnown =
    start.length >= headerBytes &&
    start.subarray(0, magic.length).equals(magic) &&
    start.readUInt32BE(magic.length + 4) === version
  if (!isKnown) throw new Error('it is not a database of mosquitto 2.0')
}

function sessionIn(chunk: Buffer): SavedSession {
  if (chunk.length < fixedBytes || chunk.length > maxClientBytes) throw new Error('it is damaged')
  const user = fixedBytes + chunk.readUInt16BE(lengthOfClientId)
  return {
    clientId: chunk.toString('utf8', fixedBytes, user),
    user: chunk.toString('utf8', user, user + chunk.readUInt16BE(lengthOfUser)),
  }
}
