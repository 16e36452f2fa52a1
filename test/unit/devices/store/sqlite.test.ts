import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { messageReader } from '../../../../src/devices/messages/read-message.ts'
import { defaultTopics } from '../../../../src/devices/messages/topics.ts'
import { openSqlite } from '../../../../src/devices/store/sqlite.ts'
import { DatabaseAway, RefusedData } from '../../../../src/devices/store/store.ts'

let path: string

beforeEach(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-devices-'))
  path = join(directory, 'new/devices.db')
  onTestFinished(() => rm(directory, { recursive: true }))
})

const open = async (options: { registerUnknown?: boolean; history?: boolean } = {}) => {
  const store = await openSqlite({ path, registerUnknown: true, history: true, ...options })
  onTestFinished(() => store.close().catch(() => undefined))
  return store
}

const noon = Date.UTC(2026, 10, 30, 12)
const read = messageReader([...defaultTopics, { topic: 'device/{id}/response', kind: 'response' }])
const message = (topic: string, payload: object | string, { at = noon, retained = false } = {}) =>
  read({
    topic: `device/${topic}`,
    payload: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    receivedAt: at,
    retained,
  })

/** Rows as another program reads them. */
function rows(query: string): Record<string, unknown>[] {
  using database = new DatabaseSync(path, { readOnly: true })
  return database
    .prepare(query)
    .all()
    .map(row => ({ ...row }))
}

const deviceRow = () => rows('SELECT * FROM device_main')[0]
const secondsAt = (offset: number): number => noon / 1000 + offset

describe('the state of a device', () => {
  test('has the newest report and status', async () => {
    const store = await open()
    const written = await store.write([
      message('d1/data/t', { value: 1, timestamp: secondsAt(-2) }),
      message('d1/status', { status: 'online', timestamp: secondsAt(-1) }),
    ])
    expect(written).toEqual({ stored: 2, duplicates: 0, deadLetters: 0, unknown: [], answered: [] })
    expect(deviceRow()).toEqual({
      device_id: 'd1',
      last_report_data: `{"value":1,"timestamp":${secondsAt(-2)}}`,
      device_status: 'online',
      last_seen: noon,
      last_heartbeat: null,
      is_online: null,
      clock_suspect: 0,
      report_order: noon - 2000,
      status_order: noon - 1000,
    })
  })

  const values = [1, 2, 3].map(value => ({ value, timestamp: secondsAt(value - 10) }))
  const orders = [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
    [2, 0, 1],
  ]
  test.each(orders)('is the same in whatever order messages arrive: %i, %i, %i', async (...order) => {
    const store = await open()
    const messages = order.map(index => message('d1/data/t', values[index] ?? {}))
    await store.write(messages.slice(0, 2))
    await store.write(messages.slice(2))
    expect(deviceRow()?.['last_report_data']).toBe(JSON.stringify(values[2]))
  })

  test('of two reports of one second, the last that arrived counts', async () => {
    const store = await open()
    const at = (value: number) => message('d1/data/t', { value, timestamp: secondsAt(-1) })
    await store.write([at(1), at(2)])
    await store.write([at(3)])
    expect(deviceRow()?.['last_report_data']).toContain('"value":3')
  })

  test('last_seen never goes back', async () => {
    const store = await open()
    await store.write([message('d1/data/t', { value: 1 })])
    await store.write([message('d1/data/t', { value: 2 }, { at: noon - 60_000 })])
    expect(deviceRow()).toMatchObject({ last_seen: noon })
    expect(deviceRow()?.['last_report_data']).toBe('{"value":1}')
  })

  test('a retained message neither replaces anything nor counts as seen', async () => {
    const store = await open()
    await store.write([message('d1/status', { status: 'online' }, { retained: true })])
    expect(deviceRow()).toMatchObject({ device_status: 'online', last_seen: null })
    await store.write([message('d1/status', { status: 'busy' })])
    await store.write([message('d1/status', { status: 'online' }, { at: noon + 1, retained: true })])
    expect(deviceRow()).toMatchObject({ device_status: 'busy', last_seen: noon })
  })

  test('"offline" is not a sign of life', async () => {
    const store = await open()
    await store.write([message('d1/status', { status: 'offline' })])
    expect(deviceRow()).toMatchObject({ device_status: 'offline', last_seen: null })
  })

  test('is online, offline, or unknown', async () => {
    const store = await open()
    await store.write(['d1', 'd2', 'd3'].map(device => message(`${device}/status`, { status: 'ok' })))
    expect(await store.presence()).toEqual(new Map([1, 2, 3].map(number => [`d${number}`, undefined])))
    await store.setPresence([
      { device: 'd1', online: true },
      { device: 'd2', online: true },
      { device: 'd2', online: false },
    ])
    expect(rows('SELECT is_online FROM device_main').map(row => row['is_online'])).toEqual([1, 0, null])
    const expected: [string, boolean | undefined][] = [
      ['d1', true],
      ['d2', false],
      ['d3', undefined],
    ]
    expect(await store.presence()).toEqual(new Map(expected))
  })

  test('a clock that is off is flagged until it is right', async () => {
    const store = await open()
    await store.write([message('d1/data/t', { value: 1, timestamp: 12 })])
    expect(deviceRow()).toMatchObject({ clock_suspect: 1, report_order: noon })
    await store.write([message('d1/data/t', { value: 1 })])
    expect(deviceRow()).toMatchObject({ clock_suspect: 1 })
    await store.write([message('d1/data/t', { value: 1, timestamp: secondsAt(0) })])
    expect(deviceRow()).toMatchObject({ clock_suspect: 0 })
  })
})

describe('history', () => {
  test('has a message once, however often it is delivered', async () => {
    const store = await open()
    const batch = [1, 2].map(value => message('d1/data/t', { value, timestamp: secondsAt(-1) }))
    await store.write(batch)
    expect(await store.write([...batch, ...batch])).toMatchObject({ stored: 0, duplicates: 4 })
    expect(rows('SELECT * FROM history')).toHaveLength(2)
  })

  test('has each of several messages that look the same', async () => {
    const store = await open()
    await store.write([1, 1].map(value => message('d1/data/t', { value })))
    expect(rows('SELECT payload FROM history')).toHaveLength(2)
  })

  test('is absent unless the settings have it', async () => {
    const store = await open({ history: false })
    const batch = [message('d1/data/t', { value: 1, timestamp: secondsAt(-1) })]
    expect(await store.write([...batch, ...batch])).toMatchObject({ stored: 2, duplicates: 0 })
    expect(rows('SELECT * FROM history')).toEqual([])
  })

  test('expires by the time of receipt', async () => {
    const store = await open()
    const old = Array.from({ length: 2100 }, (_, value) => message('d1/data/t', { value }, { at: noon - 1 }))
    await store.write([...old, message('d1/data/t', { value: 'new' })])
    await store.expireHistory(noon)
    expect(rows('SELECT payload FROM history')).toEqual([{ payload: '{"value":"new"}' }])
  })
})

describe('what does not fit', () => {
  test('is kept with its reason, and the rest is stored', async () => {
    const store = await open()
    const written = await store.write([message('d1/status', 'nope'), message('d1/status', { status: 'ok' })])
    expect(written).toEqual({ stored: 1, duplicates: 0, deadLetters: 1, unknown: [], answered: [] })
    expect(rows('SELECT topic, reason, CAST(payload AS TEXT) AS payload, size FROM dead_letter')).toEqual([
      { topic: 'device/d1/status', reason: 'the payload is not JSON', payload: 'nope', size: 4 },
    ])
  })

  test('an unknown device is not created', async () => {
    await (await open()).write([message('d1/status', { status: 'ok' })])
    const store = await open({ registerUnknown: false })
    const batch = ['d1', 'd2', 'd2'].map(device => message(`${device}/status`, { status: 'new' }))
    expect(await store.write(batch)).toEqual({
      stored: 1,
      duplicates: 0,
      deadLetters: 2,
      unknown: ['d2'],
      answered: [],
    })
    expect(rows('SELECT device_id, device_status FROM device_main')).toEqual([
      { device_id: 'd1', device_status: 'new' },
    ])
    expect(rows('SELECT DISTINCT reason FROM dead_letter')).toEqual([{ reason: 'the device is unknown' }])
  })

  test('the newest 10,000 are kept', async () => {
    const store = await open()
    for (let batch = 0; batch < 3; batch++)
      await store.write(Array.from({ length: 4000 }, (_, index) => message('d1/status', `${batch} ${index}`)))
    expect(rows('SELECT count(*) AS n, min(id) AS first FROM dead_letter')).toEqual([
      { n: 10_000, first: 2001 },
    ])
  })
})

describe('a database', () => {
  const openError = () =>
    open().then(
      () => 'opened',
      error => `${error.code}: ${error.message}`,
    )
  const unusable = (reason: string) => `devices-database-unusable: cannot use the database ${path}: ${reason}`

  test('that another program locks stores nothing, and works again afterwards', async () => {
    const store = await open()
    const batch = [message('d1/status', { status: 'ok' })]
    {
      using other = new DatabaseSync(path)
      other.exec('BEGIN IMMEDIATE')
      await expect(store.write(batch)).rejects.toThrow(new DatabaseAway('another program has locked it'))
    }
    expect(await store.write(batch)).toMatchObject({ stored: 1 })
  })

  test('that refuses a message stores nothing of its batch', async () => {
    const store = await open()
    {
      using other = new DatabaseSync(path)
      other.exec(`CREATE TRIGGER strict BEFORE INSERT ON history WHEN new.payload LIKE '%bad%'
        BEGIN SELECT RAISE(ABORT, 'no'); END`)
    }
    const batch = ['good', 'bad'].map(status => message('d1/status', { status }))
    await expect(store.write(batch)).rejects.toThrow(RefusedData)
    expect(rows('SELECT * FROM device_main')).toEqual([])
  })

  test('of another program is not used', async () => {
    path = path.replace('/new/', '/')
    {
      using other = new DatabaseSync(path)
      other.exec('CREATE TABLE t (x)')
    }
    expect(await openError()).toBe(unusable('another program created it'))
  })

  test('of a newer edgekit is not used', async () => {
    await open()
    {
      using other = new DatabaseSync(path)
      other.exec('PRAGMA user_version = 2')
    }
    expect(await openError()).toBe(unusable('it is from a newer edgekit'))
  })

  test('that is not a database is not used', async () => {
    path = path.replace('/new/', '/')
    await writeFile(path, 'x'.repeat(4096))
    expect(await openError()).toBe(unusable('it is not an SQLite database'))
  })

  test('remembers the filters of the session', async () => {
    const store = await open()
    await store.recordSessionFilters('c1', ['a/+', 'b/+', 'a/+'])
    await store.recordSessionFilters('c1', ['b/+', 'a/+'])
    expect(await store.sessionFilters('c1')).toEqual(['a/+', 'b/+'])
    expect(await store.sessionFilters('c2')).toEqual([])
  })
})

describe('commands', () => {
  const command = { requestId: 'r1', device: 'd1', action: 'led', createdAt: noon, expiresAt: noon + 1000 }
  const response = (device: string, requestId: string, at = noon) =>
    message(`${device}/response`, { request_id: requestId, success: true, result: [1] }, { at })

  test('a request id can be used once', async () => {
    const { commands } = await open()
    expect(await commands.add(command)).toBe(true)
    expect(await commands.add({ ...command, device: 'd2' })).toBe(false)
    await commands.remove('r1')
    expect(await commands.add(command)).toBe(true)
  })

  test('the first answer counts, and only that of its device', async () => {
    const store = await open()
    await store.commands.add(command)
    const foreign = await store.write([response('d2', 'r1'), response('d1', 'r9')])
    expect(foreign).toMatchObject({ stored: 0, deadLetters: 2, answered: [] })
    expect(await store.commands.find('r1')).toMatchObject({ answer: undefined })
    const first = await store.write([response('d1', 'r1', noon + 5)])
    expect(first).toMatchObject({ stored: 1, deadLetters: 0, answered: ['r1'] })
    const second = await store.write([response('d1', 'r1', noon + 6)])
    expect(second).toMatchObject({ stored: 0, duplicates: 1, answered: [] })
    expect(await store.commands.find('r1')).toEqual({
      ...command,
      answer: { at: noon + 5, success: true, result: '[1]' },
    })
    expect(rows('SELECT * FROM history')).toEqual([])
    expect(await store.devices.find('d1')).toMatchObject({ lastSeen: noon + 6, lastReport: undefined })
  })

  test('old ones are removed', async () => {
    const { commands } = await open()
    await commands.add(command)
    await commands.removeOld(noon)
    expect(await commands.find('r1')).toEqual({ ...command, answer: undefined })
    await commands.removeOld(noon + 1)
    expect(await commands.find('r1')).toBeUndefined()
  })
})

test('devices are added, listed by id, and removed', async () => {
  const { devices } = await open()
  for (const id of ['c', 'a', 'b']) expect(await devices.add(id)).toBe(true)
  expect(await devices.add('a')).toBe(false)
  expect((await devices.list('', 2)).map(({ id }) => id)).toEqual(['a', 'b'])
  expect((await devices.list('b', 2)).map(({ id }) => id)).toEqual(['c'])
  expect(await devices.count()).toBe(3)
  expect(await devices.remove('a')).toBe(true)
  expect(await devices.remove('a')).toBe(false)
  expect(await devices.find('a')).toBeUndefined()
})
