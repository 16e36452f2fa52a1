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

test('finds the sessions of users between other chunks', () => {
  const database = Buffer.concat([
    header(),
    chunk(1, Buffer.alloc(16)),
    client('kiosk-é', '温度-2'),
    chunk(5, Buffer.from('subscription')),
    client('nobody', ''),
    client('hall', 'app'),
  ])
  expect(readSavedSessions(database)).toEqual([
    { clientId: 'kiosk-é', user: '温度-2' },
    { clientId: 'hall', user: 'app' },
  ])
})

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
    ['one that ends in the head of a chunk', Buffer.concat([header(), Buffer.alloc(5)]), 'it is cut off'],
  ])('%s', (_, database, message) => {
    expect(() => readSavedSessions(database)).toThrow(message)
  })
})
