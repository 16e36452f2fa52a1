import { describe, expect, test } from 'vitest'
import { readAnswers } from '../../../../src/install/request/answers.ts'
import {
  type InstallFlags,
  parseCloudCore,
  refuseEdgeOptions,
  settingsFrom,
} from '../../../../src/install/request/node-settings.ts'

const defaults = { set: {}, edgecore: true, stage: false, adopt: false }

describe('choose', () => {
  test('nothing asked, nothing remembered: a whole node', () => {
    expect(settingsFrom({}, undefined)).toEqual(defaults)
  })

  test('what is not asked for again stays as it was', () => {
    const first = settingsFrom(
      { nodeName: 'edge-7', cloudcore: '192.0.2.1:10000', set: { a: 1, b: 2 }, stage: true },
      undefined,
    )
    expect(settingsFrom({}, first)).toEqual(first)
    expect(settingsFrom({ set: { b: 3 }, stage: false }, first)).toEqual({
      ...first,
      set: { a: 1, b: 3 },
      stage: false,
    })
  })

  test('what cannot be understood any more is as if nothing had been said', () => {
    expect(settingsFrom({}, { set: 'x' })).toEqual(defaults)
    expect(settingsFrom({}, { stage: true, later: 'unknown' })).toEqual({ ...defaults, stage: true })
  })

  test.each<[InstallFlags, RegExp]>([
    [{ nodeName: 'Edge_1' }, /cannot be the name of a node/],
    [{ nodeName: '' }, /cannot be the name of a node/],
    [{ nodeName: `${'a'.repeat(64)}` }, /cannot be the name of a node/],
    [{ edgecore: false, nodeName: 'edge-1' }, /broker only/],
    [{ edgecore: false, tokenFile: '-' }, /broker only/],
    [{ edgecore: false, stage: true }, /broker only/],
    [{ caHash: 'ab' }, /compared with a token/],
    [{ cloudcore: '192.0.2.1' }, /expected HOST:PORT/],
  ])('%o is refused', (asked, message) => {
    expect(() => settingsFrom(asked, undefined)).toThrow(message)
    expect(() => settingsFrom(asked, undefined)).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})

test.each([
  ['192.0.2.1:10000', { host: '192.0.2.1', port: 10000 }],
  ['cloud.example:443', { host: 'cloud.example', port: 443 }],
  ['[2001:db8::1]:10000', { host: '2001:db8::1', port: 10000 }],
])('--cloudcore %s', (text, expected) => {
  expect(parseCloudCore(text)).toEqual(expected)
})

test.each([
  '',
  '192.0.2.1',
  ':10000',
  'a:0',
  'a:65536',
  'https://a:10000',
  '2001:db8::1:10000',
  '[x]:1',
  'a b:1',
])('--cloudcore %j is refused', text => {
  expect(() => parseCloudCore(text)).toThrow(/expected HOST:PORT/)
})

test('a machine of the cloud side has no EdgeCore', () => {
  refuseEdgeOptions({ force: ['x'], yes: true, ignore: [] })
  expect(() => refuseEdgeOptions({ nodeName: 'edge-1' })).toThrow(/nodeName is about an edge node/)
})

describe('an answers file', () => {
  test('says the same as the flags; its paths count from where it is', () => {
    const text = [
      'nodeName: edge-7',
      'cloudcore: 192.0.2.1:10000',
      'tokenFile: join.token',
      'set:',
      '  modules.deviceTwin.enable: false',
      '  modules.edged.nodeIP: 192.0.2.7',
      'stage: true',
      'ignore: [node-clock]',
      'yes: true',
    ].join('\n')
    expect(readAnswers(text, '/media/usb/answers.yaml')).toEqual({
      nodeName: 'edge-7',
      cloudcore: '192.0.2.1:10000',
      tokenFile: '/media/usb/join.token',
      set: { 'modules.deviceTwin.enable': false, 'modules.edged.nodeIP': '192.0.2.7' },
      stage: true,
      ignore: ['node-clock'],
      yes: true,
    })
    expect(readAnswers('', '/a.yaml')).toEqual({})
    expect(readAnswers('tokenFile: "-"', '/a.yaml')).toEqual({ tokenFile: '-' })
  })

  test.each([
    ['stage: maybe', '/a.yaml:1:8: stage: expected true or false, found "maybe"'],
    ['nodename: x', '/a.yaml:1:1: unknown key "nodename", did you mean "nodeName"?'],
    ['yes: true\ntoken: a.b.c.d', '/a.yaml:2:1: unknown key "token"'],
    ['set:\n  modules.eventBus.mqttMode: [2]', '/a.yaml:2:30: set.modules.eventBus.mqttMode: expected'],
    ['set:\n  modules.edgeHub.token: a.b.c.d', '/a.yaml:2:3: modules.edgeHub.token is a secret'],
    [
      'set:\n  modules.eventbus.x: 1',
      '/a.yaml:2:3: modules.eventbus.x: EdgeCore has no eventbus; did you mean eventBus?',
    ],
    ['set:\n  modules.deviceTwin.enable: no', '/a.yaml:2:30: modules.deviceTwin.enable: write true or false'],
    ['- a', '/a.yaml:1:1: expected a map, found a list'],
    ['a: b: c', '/a.yaml:1:'],
  ])('%j', (text, message) => {
    expect(() => readAnswers(text, '/a.yaml')).toThrow(message)
    expect(() => readAnswers(text, '/a.yaml')).toThrow(expect.objectContaining({ exitCode: 2 }))
    expect(() => readAnswers(text, '/a.yaml')).not.toThrow('a.b.c.d')
  })
})
