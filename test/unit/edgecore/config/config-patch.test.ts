import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { patchEdgecoreConfig, readEdgecoreConfig } from '../../../../src/edgecore/config/config.ts'
import { eventBusValues } from '../../../../src/edgecore/config/event-bus.ts'

const mode = { 'modules.eventBus.mqttMode': 2 }

describe('patchEdgecoreConfig changes only keys that differ', () => {
  test.each([
    ['a number', 'modules:\n  eventBus:\n    mqttMode: 0\n', 'modules:\n  eventBus:\n    mqttMode: 2\n'],
    [
      'layout and comment',
      'modules:\n    eventBus:\n        mqttMode:   0   # why\n',
      'modules:\n    eventBus:\n        mqttMode:   2   # why\n',
    ],
    [
      'a string that should be a number',
      'modules: {eventBus: {mqttMode: "2"}}\n',
      'modules: {eventBus: {mqttMode: 2}}\n',
    ],
    [
      'windows line ends',
      '# c\r\nmodules:\r\n  eventBus:\r\n    enable: true\r\n',
      '# c\r\nmodules:\r\n  eventBus:\r\n    enable: true\r\n    mqttMode: 2\r\n',
    ],
    [
      'null at the key',
      'modules:\n  eventBus:\n    mqttMode: null\n',
      'modules:\n  eventBus:\n    mqttMode: 2\n',
    ],
    [
      'nothing at the key',
      'modules:\n  eventBus:\n    mqttMode: # todo\n    enable: true\n',
      'modules:\n  eventBus:\n    mqttMode: 2 # todo\n    enable: true\n',
    ],
    [
      'null parent',
      'modules:\n  eventBus: null # off\n  edged: {}\n',
      'modules:\n  eventBus: # off\n    mqttMode: 2\n  edged: {}\n',
    ],
    ['tilde parent at the end', 'modules:\n  eventBus: ~', 'modules:\n  eventBus:\n    mqttMode: 2'],
    [
      'empty parent',
      'modules:\n  eventBus:\n  edged: {}\n',
      'modules:\n  eventBus:\n    mqttMode: 2\n  edged: {}\n',
    ],
    ['empty flow parent', 'modules:\n  eventBus: {}\n', 'modules:\n  eventBus: { mqttMode: 2 }\n'],
    [
      'flow parent',
      'modules: { eventBus: { enable: true } }\n',
      'modules: { eventBus: { mqttMode: 2, enable: true } }\n',
    ],
    ['null parent in flow', 'modules: { eventBus: null }\n', 'modules: { eventBus: { mqttMode: 2 } }\n'],
    [
      'null parent in flow over lines',
      '{\n  modules:\n    { eventBus: ~ }\n}\n',
      '{\n  modules:\n    { eventBus: { mqttMode: 2 } }\n}\n',
    ],
    [
      'null parent on its own line in flow',
      '{ modules: {\n  eventBus: null } }\n',
      '{ modules: {\n  eventBus: { mqttMode: 2 } } }\n',
    ],
    [
      'tight flow',
      '{modules: {eventBus: {enable: true}}}',
      '{modules: {eventBus: { mqttMode: 2, enable: true}}}',
    ],
    [
      'empty parent in flow',
      '{modules: {eventBus: , x: 1}}',
      '{modules: {eventBus: { mqttMode: 2 } , x: 1}}',
    ],
    [
      'missing parent',
      'modules:\n  edged:\n    a:\n    - 1\n    # end of edged\n\n# end\n',
      'modules:\n  edged:\n    a:\n    - 1\n    # end of edged\n  eventBus:\n    mqttMode: 2\n\n# end\n',
    ],
    ['missing modules', 'kind: EdgeCore', 'kind: EdgeCore\nmodules:\n  eventBus:\n    mqttMode: 2\n'],
    [
      'modules null',
      'modules: null\nkind: EdgeCore\n',
      'modules:\n  eventBus:\n    mqttMode: 2\nkind: EdgeCore\n',
    ],
    [
      'a byte order mark and windows line ends',
      '\uFEFFkind: EdgeCore\r\nmodules:\r\n  eventBus: null\r\n',
      '\uFEFFkind: EdgeCore\r\nmodules:\r\n  eventBus:\r\n    mqttMode: 2\r\n',
    ],
    ['an empty file', '', 'modules:\n  eventBus:\n    mqttMode: 2\n'],
    ['only comments', '# nothing yet', '# nothing yet\nmodules:\n  eventBus:\n    mqttMode: 2\n'],
    [
      'a last key with a block text',
      'modules:\n  eventBus:\n    note: |\n      two\n      lines\n',
      'modules:\n  eventBus:\n    note: |\n      two\n      lines\n    mqttMode: 2\n',
    ],
    [
      'a last key with nothing',
      'modules:\n  eventBus:\n    note:\n',
      'modules:\n  eventBus:\n    note:\n    mqttMode: 2\n',
    ],
  ])('%s', (_, before, after) => {
    const result = patchEdgecoreConfig(before, mode)
    expect(result.text).toBe(after)
    expect(result.changed).toHaveLength(1)
    expect(patchEdgecoreConfig(after, mode)).toEqual({ text: after, changed: [] })
  })

  test('keeps quoting', () => {
    const text = `modules:\n  eventBus:\n    mqttServerExternal: 'tcp://10.0.0.1:1883'\n    mqttServerInternal: "x"\n`
    const result = patchEdgecoreConfig(text, {
      'modules.eventBus.mqttServerExternal': 'tcp://127.0.0.1:1883',
      'modules.eventBus.mqttServerInternal': 'tcp://127.0.0.1:1884',
    })
    expect(result.text).toBe(
      `modules:\n  eventBus:\n    mqttServerExternal: 'tcp://127.0.0.1:1883'\n    mqttServerInternal: "tcp://127.0.0.1:1884"\n`,
    )
    expect(result.changed[0]).toEqual({
      path: 'modules.eventBus.mqttServerExternal',
      before: 'tcp://10.0.0.1:1883',
      after: 'tcp://127.0.0.1:1883',
    })
  })

  test('quotes a string that YAML would read as another type', () => {
    const { text } = patchEdgecoreConfig('a: b\n', { 'modules.edged.hostnameOverride': 'on', a: '0x1' })
    expect(parse(text, { version: '1.1' })).toEqual({
      a: '0x1',
      modules: { edged: { hostnameOverride: 'on' } },
    })
  })

  test('reads yes as true and changes nothing', () => {
    const text = 'modules: {deviceTwin: {enable: yes}}'
    expect(patchEdgecoreConfig(text, { 'modules.deviceTwin.enable': true })).toEqual({ text, changed: [] })
  })
})

describe('of duplicate keys, sets the one EdgeCore uses: the last', () => {
  test.each([
    [
      'a value',
      'modules:\n  eventBus:\n    mqttMode: 2\n    mqttMode: 0\n',
      'modules:\n  eventBus:\n    mqttMode: 2\n    mqttMode: 2\n',
    ],
    [
      'a section',
      'modules:\n  eventBus:\n    mqttMode: 2\n  eventBus:\n    enable: true\n',
      'modules:\n  eventBus:\n    mqttMode: 2\n  eventBus:\n    enable: true\n    mqttMode: 2\n',
    ],
    [
      'in flow style',
      'modules: {eventBus: {mqttMode: 2, mqttMode: 0}}',
      'modules: {eventBus: {mqttMode: 2, mqttMode: 2}}',
    ],
  ])('%s', (_, text, expected) => {
    expect(patchEdgecoreConfig(text, mode).text).toBe(expected)
    expect(patchEdgecoreConfig(expected, mode)).toEqual({ text: expected, changed: [] })
    expect(readEdgecoreConfig(expected).eventBus.mqttMode.value).toBe(2)
  })

  test('refuses a file whose last kind is that of something else', () => {
    expect(() => patchEdgecoreConfig('kind: EdgeCore\nkind: CloudCore\n', mode)).toThrow(/kind is CloudCore/)
  })
})

describe('patchEdgecoreConfig refuses, with line and column', () => {
  test.each([
    ['a tab', 'modules:\n\teventBus:\n', /line 2, column 1/],
    ['a list as root', '- a\n', /line 1, column 1 holds a list/],
    ['a word as root', 'hello\n', /line 1, column 1 holds the string "hello"/],
    ['two documents', 'a: 1\n---\nb: 2\n', /line 2/],
    [
      'a list where a map belongs',
      'modules:\n  eventBus: [1]\n',
      /line 2, column 13: modules.eventBus must be a map, but is a list/,
    ],
    [
      'a word where a map belongs',
      'modules:\n  eventBus: off it goes\n',
      /line 2, column 13: modules.eventBus must be a map, but is the string/,
    ],
    [
      'a map where a value belongs',
      'modules:\n  eventBus:\n    mqttMode: {a: 1}\n',
      /line 3, column 15: modules.eventBus.mqttMode must be one value/,
    ],
    [
      'an alias',
      'x: &x {mqttMode: 1}\nmodules:\n  eventBus: *x\n',
      /line 3, column 13: modules.eventBus uses an anchor/,
    ],
    [
      'the file of something else',
      'kind: CloudCore\nmodules: {}\n',
      /line 1, column 7: kind is CloudCore, expected EdgeCore/,
    ],
    [
      'an unfinished quote',
      'modules:\n  a: "b\n',
      /line 2, column 6: this quote is not closed; add " at the end of the value/,
    ],
  ])('%s', (_, text, message) => {
    expect(() => patchEdgecoreConfig(text, mode)).toThrow(message)
    expect(() => patchEdgecoreConfig(text, mode)).toThrow(expect.objectContaining({ exitCode: 3 }))
  })
})

describe('files as EdgeCore writes them', () => {
  const directory = new URL('../../../fixtures/edgecore-config/', import.meta.url)
  test.each(readdirSync(directory).filter(name => name.endsWith('.yaml')))('%s', name => {
    const before = readFileSync(new URL(name, directory), 'utf8')
    const { text, changed } = patchEdgecoreConfig(before, eventBusValues)
    const removed = before.split('\n').filter(line => !text.split('\n').includes(line))
    expect(removed.length).toBeLessThanOrEqual(changed.length)
    expect(parse(text).modules.eventBus).toMatchObject({
      enable: true,
      mqttMode: 2,
      mqttServerExternal: 'tcp://127.0.0.1:1883',
    })
    expect(patchEdgecoreConfig(text, eventBusValues)).toEqual({ text, changed: [] })
  })
})
