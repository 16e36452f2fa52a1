import { expect, test } from 'vitest'
import type { Report } from '../../../../src/devices/messages/message.ts'
import { Presence } from '../../../../src/devices/presence/presence.ts'

const report = (status = 'ok', retained = false): Report => ({
  topic: 'device/d1/status',
  device: 'd1',
  kind: 'status',
  type: undefined,
  text: '{}',
  status,
  answer: undefined,
  givenTime: undefined,
  order: 0,
  clock: undefined,
  retained,
  receivedAt: 0,
  key: undefined,
})

/** Leases of 10 s, and a clock that only moves when it must. */
function setUp(devices: [string, boolean | undefined][] = []) {
  const clock = { now: 1000 }
  const presence = new Presence({ leaseMs: 10_000, devices: new Map(devices), now: () => clock.now })
  presence.resume('broker')
  const after = (ms: number) => {
    clock.now += ms
    return presence.expire()
  }
  return { presence, after }
}

const online = { device: 'd1', online: true, reason: 'it published' }
const ended = { device: 'd1', online: false, reason: 'its lease ended' }
const unknown = { device: 'd1', online: undefined, reason: undefined }

test('a device is online for one lease after each message', () => {
  const { presence, after } = setUp()
  expect(presence.observe([report()])).toEqual([online])
  expect(after(9_000)).toEqual([])
  expect(presence.observe([report()])).toEqual([])
  expect(after(9_999)).toEqual([])
  expect(after(1)).toEqual([ended])
  expect(after(60_000)).toEqual([])
  expect(presence.observe([report()])).toEqual([online])
})

test('"offline" ends the lease at once', () => {
  const { presence, after } = setUp()
  presence.observe([report()])
  expect(presence.observe([report('Offline')])).toEqual([
    { device: 'd1', online: false, reason: 'it was reported offline' },
  ])
  expect(after(60_000)).toEqual([])
  expect(presence.observe([report('offline')])).toEqual([{ device: 'd1', online: false, reason: undefined }])
})

test('the order within a batch counts', () => {
  const { presence } = setUp()
  expect(presence.observe([report(), report('offline'), report()]).map(({ online }) => online)).toEqual([
    true,
    false,
    true,
  ])
})

test.each(['online', 'offline'])('a retained "%s" is old news', status => {
  const { presence, after } = setUp([['d1', true]])
  expect(presence.observe([report(status, true)])).toEqual([])
  expect(after(10_000)).toEqual([ended])
})

test.each([
  [true, 'its lease ended'],
  [undefined, 'its lease ended'],
  [false, undefined],
])('a device that was %s before the start is unknown for one lease, then offline', (before, reason) => {
  const { after } = setUp([['d1', before]])
  expect(after(9_999)).toEqual([])
  expect(after(1)).toEqual([{ device: 'd1', online: false, reason }])
})

test('a device that publishes after the start is online', () => {
  const { presence, after } = setUp([['d1', true]])
  expect(presence.observe([report()])).toEqual([online])
  expect(after(9_999)).toEqual([])
})

test.each(['broker', 'database'] as const)('while the %s is away, devices are unknown', outage => {
  const { presence, after } = setUp()
  presence.observe([report()])
  expect(presence.suspend(outage)).toEqual([unknown])
  expect(after(3_600_000)).toEqual([])
  presence.resume(outage)
  expect(after(9_999)).toEqual([])
  expect(after(1)).toEqual([ended])
})

test('of two outages, the last to end counts', () => {
  const { presence, after } = setUp()
  presence.observe([report()])
  presence.suspend('broker')
  presence.suspend('database')
  presence.resume('broker')
  expect(after(60_000)).toEqual([])
  presence.resume('database')
  expect(after(10_000)).toEqual([ended])
})

test('leases end one by one, and unknown devices do not hold them up', () => {
  const { presence, after } = setUp()
  presence.observe([report(), { ...report(), device: 'd2' }])
  after(5_000)
  presence.observe([report()])
  expect(after(5_000)).toEqual([{ ...ended, device: 'd2' }])
  expect(after(5_000)).toEqual([ended])
})

test('a device that was added is offline until it publishes, and one that was removed is forgotten', () => {
  const { presence, after } = setUp([['removed', true]])
  presence.add('d1')
  presence.remove('removed')
  expect(after(10_000)).toEqual([{ device: 'd1', online: false, reason: undefined }])
  expect(presence.observe([report()])).toEqual([{ device: 'd1', online: true, reason: 'it published' }])
  expect(presence.online).toBe(1)
  presence.add('d1')
  expect(after(1000)).toEqual([])
  presence.remove('d1')
  expect(after(20_000)).toEqual([])
  expect(presence.online).toBe(0)
})
