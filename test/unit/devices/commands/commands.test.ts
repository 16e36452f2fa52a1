import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Commands, stateOf } from '../../../../src/devices/commands/commands.ts'
import type { Delivery, Request } from '../../../../src/devices/ingest/session.ts'
import type { CommandStore, StoredCommand } from '../../../../src/devices/store/store.ts'

/** Commands over a store in memory, and a broker that the test plays. */
function setUp({ connected = true } = {}) {
  const rows = new Map<string, StoredCommand>()
  const published: Request[] = []
  const { promise: delivered, resolve: deliver } = Promise.withResolvers<Delivery>()
  const store: CommandStore = {
    async add(command) {
      if (rows.has(command.requestId)) return false
      rows.set(command.requestId, { ...command, answer: undefined })
      return true
    },
    find: async id => rows.get(id),
    async expire(id, at) {
      const row = rows.get(id)
      if (row) rows.set(id, { ...row, expiresAt: at })
    },
    remove: async id => void rows.delete(id),
    removeOld: async () => undefined,
  }
  const commands = new Commands({
    store,
    topic: 'device/{id}/command',
    responseTopic: 'device/{id}/response',
    isConnected: () => connected,
    publish(request) {
      published.push(request)
      return delivered
    },
  })
  const answer = (id: string) => {
    const row = rows.get(id)
    if (row) rows.set(id, { ...row, answer: { at: Date.now(), success: true, result: undefined } })
    commands.settle([id])
  }
  return { commands, rows, published, deliver, answer }
}

const request = { requestId: 'r1', device: 'd1', action: 'led', params: {}, timeoutMs: 60_000 }
const never = new AbortController().signal

test('an answer that comes before the broker has acknowledged the command is found', async () => {
  const { commands, published, deliver, answer } = setUp()
  const sent = commands.send(request)
  await sleep(1)
  expect(published).toEqual([
    {
      topic: 'device/d1/command',
      payload: '{"action":"led","params":{},"request_id":"r1"}',
      responseTopic: 'device/d1/response',
      correlation: 'r1',
      expirySeconds: 60,
    },
  ])
  answer('r1')
  deliver('accepted')
  expect(await sent).toBe('accepted')
  expect(await commands.answer('r1', never)).toMatchObject({ answer: { success: true } })
})

test('an answer that comes later ends the wait', async () => {
  const { commands, deliver, answer } = setUp()
  deliver('accepted')
  await commands.send(request)
  const waiting = commands.answer('r1', never)
  await sleep(1)
  answer('r1')
  expect(await waiting).toMatchObject({ answer: { success: true } })
  expect(Object.fromEntries(commands.totals)).toEqual({ accepted: 1, answered: 1 })
})

test.each([
  ['refused', []],
  ['no subscriber', ['r1']],
  ['unclear', ['r1']],
] as const)('after "%s", these request ids are used: %j', async (delivery, used) => {
  const { commands, rows, deliver } = setUp()
  deliver(delivery)
  expect(await commands.send(request)).toBe(delivery)
  expect([...rows.keys()]).toEqual(used)
})

test('a used request id is not sent again, and nothing while the broker is away', async () => {
  const { commands, published, deliver } = setUp()
  deliver('accepted')
  await commands.send(request)
  expect(await commands.send(request)).toBe('request id used')
  expect(published).toHaveLength(1)
  const away = setUp({ connected: false })
  expect(await away.commands.send(request)).toBe('not connected')
  expect([away.published, away.rows.size]).toEqual([[], 0])
})

test('a wait ends with its time, or when the client has gone', async () => {
  const { commands, deliver } = setUp()
  deliver('accepted')
  await commands.send({ ...request, timeoutMs: 20 })
  expect(await commands.answer('r1', never)).toMatchObject({ answer: undefined })
  await commands.send({ ...request, requestId: 'r2' })
  expect(await commands.answer('r2', AbortSignal.abort())).toMatchObject({ answer: undefined })
})

test.each([
  [undefined, 9, 'pending'],
  [undefined, 10, 'timed-out'],
  [10, 99, 'answered'],
  [11, 99, 'late'],
])('answered at %s, seen at %s: %s', (at, now, state) => {
  const answer = at === undefined ? undefined : { at, success: true, result: undefined }
  expect(
    stateOf({ requestId: 'r', device: 'd', action: 'a', createdAt: 0, expiresAt: 10, answer }, now),
  ).toBe(state)
})
