import { describe, expect, test } from 'vitest'
import { readEdgecoreConfig } from '../../../../src/edgecore/config/config.ts'
import { duplicateKeysIn } from '../../../../src/edgecore/config/yaml-document.ts'

const eventBus = (text: string) => readEdgecoreConfig(`modules: {eventBus: {${text}}}`).eventBus

describe('readEdgecoreConfig', () => {
  test('an empty file has the defaults', () => {
    const config = readEdgecoreConfig('')
    expect(config.eventBus.enable).toEqual({ value: true })
    expect(config.eventBus.mqttMode).toEqual({ value: 2 })
    expect(config.eventBus.mqttServerExternal).toEqual({ value: 'tcp://127.0.0.1:1883' })
    expect(config.deviceTwin.enable).toEqual({ value: true })
    expect(config.edged.containerRuntimeEndpoint).toEqual({ value: 'unix:///run/containerd/containerd.sock' })
    expect(config.nullSections).toEqual([])
  })

  test.each([
    ['mqttMode: "2"', 'mqttMode', { value: 2, written: '2', problem: 'is the string "2", not a number' }],
    ['mqttMode: 3', 'mqttMode', { value: 2, written: 3, problem: 'is 3, outside 0 to 2' }],
    ['mqttMode: 1.5', 'mqttMode', { value: 2, written: 1.5, problem: 'is 1.5, not a whole number' }],
    ['mqttMode: null', 'mqttMode', { value: 2, written: null }],
    ['mqttMode: 0', 'mqttMode', { value: 0, written: 0 }],
    [
      'enable: "true"',
      'enable',
      { value: true, written: 'true', problem: 'is the string "true", not true or false' },
    ],
    ['enable: off', 'enable', { value: false, written: false }],
    ['mqttUsername: 123', 'mqttUsername', { value: '123', written: 123 }],
    ['mqttUsername: [a]', 'mqttUsername', { value: '', written: ['a'], problem: 'is a list, not a string' }],
  ] as const)('%s', (text, key, expected) => {
    expect(eventBus(text)[key]).toEqual(expected)
  })

  test('takes the last of duplicate keys, as EdgeCore does', () => {
    const config = readEdgecoreConfig('modules:\n  eventBus:\n    mqttMode: 1\n    mqttMode: 0\n')
    expect(config.eventBus.mqttMode).toEqual({ value: 0, written: 0 })
  })

  test.each([
    ['none', 'modules:\n  eventBus:\n    mqttMode: 2\n', []],
    ['an empty file', '', []],
    [
      'a value',
      'modules:\n  eventBus:\n    mqttMode: 1\n    enable: true\n    mqttMode: 0\n    mqttMode: 2\n',
      ['modules.eventBus.mqttMode (lines 3 and 5 and 6)'],
    ],
    [
      'a section, and a value in the one EdgeCore uses',
      'modules:\n  eventBus: {}\n  eventBus:\n    enable: true\n    enable: true\n',
      ['modules.eventBus (lines 2 and 3)', 'modules.eventBus.enable (lines 4 and 5)'],
    ],
    ['one key in two sections', 'modules:\n  eventBus: {enable: true}\n  edged: {enable: true}\n', []],
  ])('names duplicate keys with their lines: %s', (_, text, expected) => {
    expect(duplicateKeysIn(text)).toEqual(expected)
  })

  test('names the sections whose null makes EdgeCore panic', () => {
    expect(readEdgecoreConfig('modules: {eventBus: null}').nullSections).toEqual(['modules.eventBus'])
    expect(readEdgecoreConfig('modules: {eventBus: {eventBusTLS: }}').nullSections).toEqual([
      'modules.eventBus.eventBusTLS',
    ])
    expect(readEdgecoreConfig('modules:').nullSections).toEqual(['modules'])
  })

  test('has the shape of a token and whether a password is set, never their values', () => {
    const config = readEdgecoreConfig(
      'modules: {edgeHub: {token: top.secret.value.here}, eventBus: {mqttPassword: [canary]}}',
    )
    expect(config.edgeHub.token).toEqual({ set: true, parts: 4 })
    expect(config.eventBus.mqttPassword).toEqual({ set: false, problem: 'is not a string' })
    expect(readEdgecoreConfig('modules: {eventBus: {mqttPassword: canary}}').eventBus.mqttPassword).toEqual({
      set: true,
    })
    expect(JSON.stringify(config)).not.toMatch(/secret.value|canary/)
  })

  test('is plain data', () => {
    const config = readEdgecoreConfig('modules: {eventBus: {mqttMode: 0}}')
    expect(JSON.parse(JSON.stringify(config))).toEqual(config)
  })
})
