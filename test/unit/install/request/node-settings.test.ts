import { describe, expect, test } from 'vitest'
import { readAnswers } from '../../../../src/install/request/answers.ts'
import type { InstallFlags } from '../../../../src/install/request/install-flags.ts'
import {
  lastingSettings,
  nodeSettings,
  parseCloudCore,
  refuseEdgeFlags,
} from '../../../../src/install/request/node-settings.ts'

const defaults = { set: {}, edgecore: true, stage: false, adopt: false }

describe('node settings', () => {
  test('are those of a whole node without flags and earlier settings', () => {
    expect(nodeSettings({}, undefined)).toEqual(defaults)
  })

  test('keep earlier settings without a flag', () => {
    const first = nodeSettings(
      { nodeName: 'edge-7', cloudcore: '192.0.2.1:10000', set: { a: 1, b: 2 }, stage: true },
      undefined,
    )
    expect(nodeSettings({}, first)).toEqual(first)
    expect(nodeSettings({ set: { b: 3 }, stage: false }, first)).toEqual({
      ...first,
      set: { a: 1, b: 3 },
      stage: false,
    })
  })

  test('a move to another cloud is continued after an interruption, and not repeated by a later install', () => {
    const settings = nodeSettings({ rejoin: true, tokenFile: '-' }, undefined)
    expect(nodeSettings({}, settings)).toEqual({ ...defaults, rejoin: true })
    expect(lastingSettings(settings)).toEqual(defaults)
  })

  test('name the broker only when devices reach it', () => {
    const broker = { profile: 'devices' as const, addresses: ['192.0.2.7'] }
    const settings = nodeSettings({ broker }, undefined)
    expect(settings.broker).toEqual({ ...broker, names: [], websockets: false })
    expect(nodeSettings({}, JSON.parse(JSON.stringify(settings)))).toEqual(settings)
    expect(nodeSettings({ broker: { profile: 'local' } }, settings)).toEqual(defaults)
  })

  test('ignore earlier settings that cannot be read', () => {
    expect(nodeSettings({}, { set: 'x' })).toEqual(defaults)
    expect(nodeSettings({}, { stage: true, later: 'unknown' })).toEqual({ ...defaults, stage: true })
  })

  test.each<[InstallFlags, RegExp]>([
    [{ nodeName: 'Edge_1' }, /expected a DNS name/],
    [{ nodeName: '' }, /expected a DNS name/],
    [{ nodeName: `${'a'.repeat(64)}` }, /expected a DNS name/],
    [{ edgecore: false, nodeName: 'edge-1' }, /runs only the broker/],
    [{ edgecore: false, tokenFile: '-' }, /runs only the broker/],
    [{ edgecore: false, stage: true }, /runs only the broker/],
    [{ caHash: 'ab' }, /requires a token/],
    [{ rejoin: true }, /--rejoin requires a token/],
    [{ rejoin: true, tokenFile: '-', stage: true }, /cannot rejoin a staged node/],
    [{ rejoin: true, tokenFile: '-', edgecore: false }, /runs only the broker/],
    [{ cloudcore: '192.0.2.1' }, /expected HOST:PORT/],
    [{ broker: { profile: 'devices' } }, /requires an address/],
    [
      { broker: { profile: 'devices', addresses: ['192.0.2.7'] }, adopt: true },
      /that edgekit did not install \(--adopt\)/,
    ],
  ])('refuse %o', (flags, message) => {
    expect(() => nodeSettings(flags, undefined)).toThrow(message)
    expect(() => nodeSettings(flags, undefined)).toThrow(expect.objectContaining({ exitCode: 2 }))
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

test('a cloud bundle refuses flags for edge nodes', () => {
  refuseEdgeFlags({ force: ['x'], yes: true, ignore: [] })
  expect(() => refuseEdgeFlags({ nodeName: 'edge-1' })).toThrow(/cannot use nodeName with a cloud bundle/)
})

describe('an answers file', () => {
  test('sets flags; its paths are relative to it', () => {
    const text = [
      'nodeName: edge-7',
      'cloudcore: 192.0.2.1:10000',
      'tokenFile: join.token',
      'set:',
      '  modules.deviceTwin.enable: false',
      '  modules.edged.nodeIP: 192.0.2.7',
      'stage: true',
      'broker: { profile: devices, addresses: [192.0.2.7], websockets: true }',
      'ignore: [node-clock]',
      'yes: true',
    ].join('\n')
    expect(readAnswers(text, '/media/usb/answers.yaml')).toEqual({
      nodeName: 'edge-7',
      cloudcore: '192.0.2.1:10000',
      tokenFile: '/media/usb/join.token',
      set: { 'modules.deviceTwin.enable': false, 'modules.edged.nodeIP': '192.0.2.7' },
      stage: true,
      broker: { profile: 'devices', addresses: ['192.0.2.7'], websockets: true },
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
    [
      'set:\n  modules.edgeHub.token: a.b.c.d',
      '/a.yaml:2:3: cannot set modules.edgeHub.token: it is a secret',
    ],
    [
      'set:\n  modules.eventbus.mqttMode: 1',
      '/a.yaml:2:3: cannot set modules.eventbus.mqttMode: EdgeCore has no such key; did you mean modules.eventBus.mqttMode?',
    ],
    [
      'set:\n  modules.eventBus.x: 1\nforce: [modules.eventBus.y]',
      '/a.yaml:2:3: cannot set modules.eventBus.x: no EdgeCore from v1.12 to v1.23 reads this key',
    ],
    [
      'set:\n  modules.deviceTwin.enable: no',
      '/a.yaml:2:30: modules.deviceTwin.enable must be true or false',
    ],
    ['broker: { profil: devices }', '/a.yaml:1:11: unknown key "profil" in broker, did you mean "profile"?'],
    ['broker:\n  profile: lan', '/a.yaml:2:12: broker.profile: expected local or devices, found "lan"'],
    ['broker:\n  addresses: 192.0.2.7', '/a.yaml:2:14: broker.addresses: expected a list'],
    ['- a', '/a.yaml:1:1: expected a map, found a list'],
    ['a: b: c', '/a.yaml:1:'],
  ])('%j', (text, message) => {
    expect(() => readAnswers(text, '/a.yaml')).toThrow(message)
    expect(() => readAnswers(text, '/a.yaml')).toThrow(expect.objectContaining({ exitCode: 2 }))
    expect(() => readAnswers(text, '/a.yaml')).not.toThrow('a.b.c.d')
  })

  test.each([
    ['in the file', 'set: { modules.x.y: 1 }\nforce: [modules.x.y]', []],
    ['on the command line', 'set: { modules.x.y: 1 }', ['modules.x.y']],
  ])('sets an unknown key that is forced %s', (_, text, force) => {
    expect(readAnswers(text, '/a.yaml', force)).toMatchObject({ set: { 'modules.x.y': 1 } })
  })
})
