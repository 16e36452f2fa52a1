import { expect, test } from 'vitest'
import { defaultTopics, filterOf, router, topicProblem } from '../../../../src/devices/messages/topics.ts'

const uuid = '0190d9f4-7c1e-7b3a-9f00-0123456789ab'
const routeOf = router(defaultTopics)

test.each([
  [`devices/${uuid}/data`, { kind: 'report', device: uuid, type: undefined }],
  [`devices/${uuid.toUpperCase()}/status`, { kind: 'status', device: uuid, type: undefined }],
  [`device/${uuid.toUpperCase()}/status`, { kind: 'status', device: uuid, type: undefined }],
  [`devices/${uuid}/heartbeat`, { kind: 'heartbeat', device: uuid, type: undefined }],
  ['device/ESP32_001/status', { kind: 'status', device: 'ESP32_001', type: undefined }],
  ['device/ESP32_001/data/temperature', { kind: 'measurement', device: 'ESP32_001', type: 'temperature' }],
  ['device/ESP32_001/ota/request', { kind: 'ota-request', device: 'ESP32_001', type: undefined }],
  ['device/ESP32_001/ota/progress', { kind: 'ota-progress', device: 'ESP32_001', type: undefined }],
  ['devices/esp32/data', { reason: 'the topic has an invalid device id' }],
  ['device/a b/status', { reason: 'the topic has an invalid device id' }],
  // The path of a URL cannot have them, so nobody could remove such a device.
  ['device/./status', { reason: 'the topic has an invalid device id' }],
  ['device/../status', { reason: 'the topic has an invalid device id' }],
  ['device/../data/x', { reason: 'the topic has an invalid device id' }],
  ['device/.../status', { kind: 'status', device: '...', type: undefined }],
  [`device/${'x'.repeat(129)}/status`, { reason: 'the topic has an invalid device id' }],
  ['device//status', { reason: 'the topic is not in the topic table' }],
  ['device/ESP32_001/data', { reason: 'the topic is not in the topic table' }],
  ['device/ESP32_001/data/a/b', { reason: 'the topic is not in the topic table' }],
  ['xdevice/ESP32_001/status', { reason: 'the topic is not in the topic table' }],
])('%s', (topic, route) => {
  expect(routeOf(topic)).toEqual(route)
})

test('characters of regular expressions in a topic are text', () => {
  const find = router([{ topic: 'a.b/{id}', kind: 'status' }])
  expect(find('a.b/x')).toMatchObject({ device: 'x' })
  expect(find('a-b/x')).toEqual({ reason: 'the topic is not in the topic table' })
})

test('both families have filters', () => {
  expect(defaultTopics.map(filterOf)).toEqual([
    'devices/+/data',
    'devices/+/status',
    'devices/+/heartbeat',
    'device/+/status',
    'device/+/data/+',
    'device/+/ota/request',
    'device/+/ota/progress',
  ])
})

test.each([
  ['plant/{id}/data/{type}', undefined],
  ['plant/data', 'expected one {uuid} or {id}, found 0'],
  ['{id}/{uuid}', 'expected one {uuid} or {id}, found 2'],
  ['{id}/{type}/{type}', 'expected at most 1 {type}'],
  ['plant/{id}/#', 'expected levels of plain text, {uuid}, {id}, or {type}, found "plant/{id}/#"'],
  ['plant/x{id}', 'expected levels of plain text, {uuid}, {id}, or {type}, found "plant/x{id}"'],
  ['$SYS/{id}', 'topics of devices do not begin with $'],
])('the topic %s in the table: %s', (topic, problem) => {
  expect(topicProblem(topic, { typed: true })).toBe(problem)
})
