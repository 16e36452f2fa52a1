import { describe, expect, test } from 'vitest'
import { readSavedSessions } from '../../../src/broker/saved-sessions.ts'

const number = (value: number, bytes: 2 | 4): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}

const header = (version = 6): Buffer =>
  Buffer.concat([Buffer.from('\x00\xb5\x00mosquitto db', 'latin1'), number(0, 4), number(version, 4)])

const chunk = (kind: number, content: Buffer): Buffer =>
  Buffer.concat([number(kind, 4), number(content.length, 4), content])

function client(clientId: string, user: string): Buffer {
  const [id, name] = [Buffer.from(clientId), Buffer.from(user)]
  const fixed = [
    Buffer.alloc(14),
    number(id.length, 2),
    number(1883, 2),
    number(name.length, 2),
    Buffer.alloc(4),
  ]
  return chunk(6, Buffer.concat([...fixed, id, name]))
}

const inParts = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  )

test.each([1, 7, 30, 1000])(
  'finds the sessions of users between other chunks, in parts of %i bytes',
  async size => {
    const database = Buffer.concat([
      header(),
      chunk(1, Buffer.alloc(16)),
      client('kiosk-é', '温度-2'),
      chunk(5, Buffer.from('subscription')),
      client('nobody', ''),
      client('hall', 'app'),
    ])
    expect(await readSavedSessions(inParts(database, size))).toEqual([
      { clientId: 'kiosk-é', user: '温度-2' },
      { clientId: 'hall', user: 'app' },
    ])
  },
)

describe('rejects', () => {
  test.each([
    ['another version', header(5), 'not a database of mosquitto 2.0'],
    ['another file', Buffer.from('SQLite format 3\0'.repeat(4)), 'not a database of mosquitto 2.0'],
    ['an empty file', Buffer.alloc(0), 'not a database of mosquitto 2.0'],
    [
      'one that ends in a chunk',
      Buffer.concat([header(), client('a', 'b').subarray(0, -1)]),
      'it is cut off',
    ],
    [
      'one that ends in a message',
      Buffer.concat([header(), chunk(2, Buffer.alloc(50)).subarray(0, -1)]),
      'it is cut off',
    ],
    ['a client that is too short', Buffer.concat([header(), chunk(6, Buffer.alloc(23))]), 'it is damaged'],
    [
      'a client that is too long',
      Buffer.concat([header(), chunk(6, Buffer.alloc(200_000))]),
      'it is damaged',
    ],
    ['one that ends in the head of a chunk', Buffer.concat([header(), Buffer.alloc(5)]), 'it is cut off'],
  ])('%s', async (_, database, message) => {
    await expect(readSavedSessions(inParts(database, 10))).rejects.toThrow(message)
  })
})
