import { describe, expect, test } from 'vitest'
import { mostPayloadBytes } from '../../../../src/devices/messages/json.ts'
import { isReport, type Message, type Report } from '../../../../src/devices/messages/message.ts'
import { messageReader } from '../../../../src/devices/messages/read-message.ts'
import { defaultTopics } from '../../../../src/devices/messages/topics.ts'

const receivedAt = Date.UTC(2026, 10, 30, 12)
const read = messageReader(defaultTopics)
const message = (topic: string, payload: string | Uint8Array, retained = false): Message =>
  read({ topic, payload: Buffer.from(payload), retained, receivedAt })
const report = (topic: string, payload: string): Report => {
  const found = message(topic, payload)
  if (!isReport(found)) throw new Error(found.reason)
  return found
}

const status = 'device/d1/status'
const data = 'device/d1/data/temperature'
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

test.each([
  [status, '{"status":"online","timestamp":1796040000,"ip":"192.0.2.7","rssi":-60}', 'online'],
  [status, '{"status":"在线"}', '在线'],
  [data, '{"type":"temperature","value":21.5,"unit":"°C","timestamp":1796040000}', undefined],
  [data, '{"value":false}', undefined],
  [data, '{"value":{"x":1,"y":2},"more":"kept"}', undefined],
  ['device/d1/ota/progress', '{"percent":50}', undefined],
])('%s %s is a report', (topic, payload, word) => {
  expect(report(topic, payload)).toMatchObject({ device: 'd1', text: payload, status: word })
})

test('a heartbeat can be empty', () => {
  const topic = 'devices/0190d9f4-7c1e-7b3a-9f00-0123456789ab/heartbeat'
  expect(report(topic, '')).toMatchObject({ kind: 'heartbeat', text: '{}' })
})

test.each([
  [status, '', 'the payload is empty'],
  [status, 'online', 'the payload is not JSON'],
  [status, '{"status":"online"', 'the payload is not JSON'],
  [data, '{"value":NaN}', 'the payload is not JSON'],
  [data, '{"value":1e999}', 'the payload does not fit: value'],
  [data, '{"unit":"C"}', 'the payload does not fit: value'],
  [data, '[]', 'the payload does not fit: it is not an object'],
  [data, 'null', 'the payload does not fit: it is not an object'],
  [status, '{"status":"a\\u0000b"}', 'the payload does not fit: status'],
  [status, '{"status":"\\ud800"}', 'the payload does not fit: status'],
  [status, '{"status":"online","timestamp":-1}', 'the payload does not fit: timestamp'],
  [status, '{"status":"online","timestamp":null}', 'the payload does not fit: timestamp'],
  [status, Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'the payload is not valid UTF-8'],
  [data, nested(33), 'the payload is nested too deeply'],
  [data, '['.repeat(30_000), 'the payload is nested too deeply'],
  [data, ' '.repeat(mostPayloadBytes + 1), 'the payload is too large'],
  ['other/topic', '{}', 'the topic is not in the topic table'],
])('%s %.20s is a dead letter: %s', (topic, payload, reason) => {
  expect(message(topic, payload)).toMatchObject({ topic, reason, size: Buffer.from(payload).length })
})

test('brackets in strings do not count', () => {
  expect(report(data, `{"value":"${'['.repeat(99)}\\"${'{'.repeat(99)}"}`).device).toBe('d1')
})

test('32 levels are allowed', () => {
  expect(report('device/d1/ota/request', nested(32)).device).toBe('d1')
})

test('a dead letter keeps the first 256 characters of its topic', () => {
  const { topic } = message(`device/${'x'.repeat(60_000)}/status`, '{}')
  expect(topic).toBe(`device/${'x'.repeat(249)}…`)
})

test('a dead letter keeps the first 4096 bytes', () => {
  expect(message(data, 'x'.repeat(1_000_000))).toMatchObject({
    payload: new Uint8Array(4096).fill(0x78),
    size: 1_000_000,
  })
})

test.each([
  ['a date', '{"value":1,"timestamp":1796040000}', true],
  ['a date outside of the window', '{"value":1,"timestamp":1700000000}', true],
  ['an id', '{"value":1,"message_id":"7f3"}', true],
  ['time since boot', '{"value":1,"timestamp":12}', false],
  ['neither', '{"value":1}', false],
])('with %s, a second delivery is recognized: %s %s', (_, payload, isRecognized) => {
  const [first, second] = [report(data, payload), report(data, payload)]
  expect(first.key !== undefined).toBe(isRecognized)
  expect(second.key).toEqual(first.key)
})

test('another topic or payload has another key', () => {
  const payload = '{"value":1,"timestamp":1796040000}'
  const keys = [
    report(data, payload),
    report('device/d2/data/temperature', payload),
    report(data, payload.replace('1', '2')),
  ].map(({ key }) => Buffer.from(key ?? []).toString('hex'))
  expect(new Set(keys).size).toBe(3)
})

describe('an answer to a command', () => {
  const readAnswer = messageReader([{ topic: 'device/{id}/response', kind: 'response' }])
  const answer = (payload: string, correlation?: string) =>
    readAnswer({
      topic: 'device/d1/response',
      payload: Buffer.from(payload),
      correlation: correlation === undefined ? undefined : Buffer.from(correlation),
      retained: false,
      receivedAt,
    })

  test.each([
    ['{"request_id":"r1","success":true,"result":{"a":1}}', undefined, 'r1', true, '{"a":1}'],
    ['{"request_id":"r1","success":false}', 'r2', 'r1', false, undefined],
    ['{"success":true,"result":null}', 'r2', 'r2', true, 'null'],
  ])('%s with the correlation data %s', (payload, correlation, requestId, success, result) => {
    expect(answer(payload, correlation)).toMatchObject({ answer: { requestId, success, result } })
  })

  test.each([
    ['{"success":true}', undefined, 'request_id'],
    ['{"success":true}', 'not an id', 'request_id'],
    ['{"request_id":7,"success":true}', 'r2', 'request_id'],
    ['{"request_id":"r1"}', undefined, 'success'],
  ])('%s with the correlation data %s does not fit', (payload, correlation, where) => {
    expect(answer(payload, correlation)).toMatchObject({ reason: `the payload does not fit: ${where}` })
  })
})
