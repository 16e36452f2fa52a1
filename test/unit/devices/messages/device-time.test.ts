import { expect, test } from 'vitest'
import { deviceTime } from '../../../../src/devices/messages/device-time.ts'

const receivedAt = Date.UTC(2026, 10, 30, 12)
const hour = 3_600_000
const good = (ms: number) => ({ given: ms, order: ms, clock: 'good' })
const suspect = (given: number | undefined) => ({ given, order: receivedAt, clock: 'suspect' })

test.each([
  ['none', undefined, { given: undefined, order: receivedAt, clock: undefined }],
  ['milliseconds', receivedAt - 1, good(receivedAt - 1)],
  ['seconds', receivedAt / 1000 - 1, good(receivedAt - 1000)],
  ['fractions of seconds', receivedAt / 1000 - 0.25, good(receivedAt - 250)],
  ['ISO 8601 in UTC', '2026-11-30T11:59:00Z', good(receivedAt - 60_000)],
  ['ISO 8601 with an offset', '2026-11-30T12:59:00.500+01:00', good(receivedAt - 59_500)],
  ['ISO 8601 without an offset', '2026-11-30T11:59:00', suspect(undefined)],
  ['no date', 'yesterday', suspect(undefined)],
  ['an impossible date', '2026-13-40T11:59:00Z', suspect(undefined)],
  ['time since boot', 12, suspect(undefined)],
  ['the last second of the window', receivedAt - 24 * hour, good(receivedAt - 24 * hour)],
  ['two days ago', receivedAt - 48 * hour, suspect(receivedAt - 48 * hour)],
  ['four minutes ahead', receivedAt + 240_000, good(receivedAt + 240_000)],
  ['an hour ahead', receivedAt + hour, suspect(receivedAt + hour)],
  ['microseconds', receivedAt * 1000, suspect(undefined)],
  ['the largest number', Number.MAX_VALUE, suspect(undefined)],
])('%s', (_, timestamp, time) => {
  expect(deviceTime(timestamp, { receivedAt, retained: false })).toEqual(time)
})

test.each([
  ['a year old', receivedAt - 365 * 24 * hour, good(receivedAt - 365 * 24 * hour)],
  ['without a time', undefined, { given: undefined, order: 0, clock: undefined }],
  ['with time since boot', 12, { given: undefined, order: 0, clock: 'suspect' }],
  ['an hour ahead', receivedAt + hour, { given: receivedAt + hour, order: 0, clock: 'suspect' }],
])('a retained message %s never replaces a newer one', (_, timestamp, time) => {
  expect(deviceTime(timestamp, { receivedAt, retained: true })).toEqual(time)
})
