import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { batchSize, Inbox } from '../../../../src/devices/ingest/inbox.ts'
import { deadLetter, isDead, type Message, type Report } from '../../../../src/devices/messages/message.ts'
import { DatabaseAway, RefusedData, type Store } from '../../../../src/devices/store/store.ts'

const report = (text: string): Report => ({
  topic: 'device/d1/status',
  device: 'd1',
  kind: 'status',
  type: undefined,
  text,
  status: 'ok',
  answer: undefined,
  givenTime: undefined,
  order: 0,
  clock: undefined,
  retained: false,
  receivedAt: 0,
  key: undefined,
})

const textOf = (message: Message): string => (isDead(message) ? `dead ${message.reason}` : message.text)

/** An inbox over a store whose `write` is replaced, and what it did. */
function setUp(write: (texts: string[]) => void = () => undefined) {
  const happened: string[] = []
  const store: Pick<Store, 'write'> = {
    write: async batch => {
      const texts = batch.map(textOf)
      write(texts)
      happened.push(texts.length > 4 ? `store ${texts.length}` : `store ${texts.join(' ')}`)
      return { stored: texts.length, duplicates: 0, deadLetters: 0, unknown: [], answered: [] }
    },
  }
  const inbox = new Inbox(store as Store, {
    written: () => undefined,
    databaseAway: reason => happened.push(`away ${reason}`),
    databaseBack: () => happened.push('back'),
  })
  const source = {
    isOpen: true,
    acknowledge: (ids: readonly number[]) => void happened.push(`ack ${ids.join(' ')}`),
  }
  const giveUp = new AbortController()
  const run = inbox.run(giveUp.signal)
  onTestFinished(async () => {
    giveUp.abort()
    inbox.stop()
    await run
  })
  const add = (text: string, packetId?: number) => inbox.add({ message: report(text), source, packetId })
  return { inbox, source, giveUp, run, add, happened }
}

test('a batch is acknowledged after it is stored, in the order of arrival', async () => {
  const { inbox, add, run, happened } = setUp()
  add('a', 7)
  add('b')
  add('c', 3)
  inbox.stop()
  await run
  expect(happened).toEqual(['store a b c', 'ack 7 3'])
})

test('a message alone waits only for a moment', async () => {
  const { add, happened } = setUp()
  add('a', 1)
  await sleep(500)
  expect(happened).toEqual(['store a', 'ack 1'])
})

test('a batch has at most 500 messages', async () => {
  const { inbox, add, run, happened } = setUp()
  for (let id = 1; id <= batchSize + 5; id++) add('m', id)
  inbox.stop()
  await run
  expect(happened.filter(event => event.startsWith('store'))).toEqual(['store 500', 'store 5'])
})

test('while the database is away, nothing is acknowledged, and one line is logged', async () => {
  let isAway = true
  const { add, inbox, run, happened } = setUp(() => {
    if (isAway) throw new DatabaseAway('the disk is full')
  })
  add('a', 1)
  await sleep(900)
  expect(happened).toEqual(['away the disk is full'])
  isAway = false
  inbox.stop()
  await run
  expect(happened).toEqual(['away the disk is full', 'store a', 'ack 1', 'back'])
})

test('a stop gives up on a database that is away, without acknowledging', async () => {
  const { add, inbox, giveUp, run, happened } = setUp(() => {
    throw new DatabaseAway('the disk is full')
  })
  add('a', 1)
  await sleep(50)
  inbox.stop()
  giveUp.abort()
  await run
  expect(happened).toEqual(['away the disk is full'])
})

test('what a closed connection delivered is dropped, except QoS 0', async () => {
  const { add, inbox, source, run, happened } = setUp()
  add('a', 1)
  add('b')
  source.isOpen = false
  inbox.forget(source)
  inbox.stop()
  await run
  expect(happened).toEqual(['store b'])
})

test('a connection that closes while the database is away is not acknowledged, nor stored later', async () => {
  let isAway = true
  const { add, inbox, source, run, happened } = setUp(() => {
    if (isAway) throw new DatabaseAway('locked')
  })
  add('a', 1)
  add('b')
  await sleep(50)
  source.isOpen = false
  isAway = false
  inbox.stop()
  await run
  expect(happened).toEqual(['away locked', 'store b', 'back'])
})

test('a message that the database refuses becomes a dead letter, and the rest is stored', async () => {
  const { add, inbox, run, happened } = setUp(texts => {
    if (texts.includes('bad')) throw new RefusedData('no')
  })
  for (const [index, text] of ['a', 'b', 'bad', 'c'].entries()) add(text, index + 1)
  inbox.stop()
  await run
  expect(happened).toEqual([
    'store a b',
    'ack 1 2',
    'store dead the database refuses it',
    'ack 3',
    'store c',
    'ack 4',
  ])
})

test('a dead letter that is refused is stored without its topic and payload', async () => {
  const stored: Message[] = []
  const store: Pick<Store, 'write'> = {
    write: async batch => {
      if (batch.some(message => message.topic !== '')) throw new RefusedData('no')
      stored.push(...batch)
      return { stored: 0, duplicates: 0, deadLetters: 1, unknown: [], answered: [] }
    },
  }
  const unexpected = () => expect.unreachable()
  const inbox = new Inbox(store as Store, {
    written: () => undefined,
    databaseAway: unexpected,
    databaseBack: unexpected,
  })
  const letter = deadLetter(
    { topic: 't', payload: Buffer.from('x'), receivedAt: 5 },
    'the payload is not JSON',
  )
  inbox.add({ message: letter, source: { isOpen: true, acknowledge: () => undefined }, packetId: 1 })
  inbox.stop()
  await inbox.run(new AbortController().signal)
  expect(stored).toEqual([
    { topic: '', reason: 'the database refuses it', payload: new Uint8Array(), size: 0, receivedAt: 5 },
  ])
})

test('QoS 0 messages find no place beyond 2000; QoS 1 is bounded by the broker', () => {
  const { add } = setUp()
  for (let count = 0; count < 4 * batchSize; count++) expect(add('m')).toBe(true)
  expect(add('m')).toBe(false)
  expect(add('m', 1)).toBe(true)
})
