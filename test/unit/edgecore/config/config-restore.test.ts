import { expect, test } from 'vitest'
import { patchEdgecoreConfig } from '../../../../src/edgecore/config/config.ts'
import { restoreKeys } from '../../../../src/edgecore/config/config-restore.ts'

const ours = {
  'modules.eventBus.enable': true,
  'modules.eventBus.mqttMode': 2,
  'modules.eventBus.mqttServerExternal': 'tcp://127.0.0.1:1883',
}
const patched = (text: string): string => patchEdgecoreConfig(text, ours).text

test.each([
  [
    'values are as before',
    'modules:\n  eventBus:\n    enable: false # off\n    mqttMode: 0\n    mqttServerExternal: "tcp://a:1"\n',
  ],
  [
    'keys that were not there are gone',
    '# mine\nmodules:\n  eventBus:\n    mqttMode: 0 # theirs\n  edged:\n    enable: true\n',
  ],
  ['a map that was not there is gone', 'modules:\n  edged:\n    enable: true\n# the end\n'],
  ['the whole branch', 'kind: EdgeCore\n'],
  ['nothing but a comment', '# nothing yet\n'],
  ['Windows line ends', 'modules:\r\n  eventBus:\r\n    mqttMode: 0\r\n  edged: {}\r\n'],
  ['no line end at the end', 'kind: EdgeCore\nmodules:\n  eventBus:\n    mqttMode: 0'],
])('%s', (_, text) => {
  const restored = restoreKeys(patched(text), text, ours)
  expect(restored.changedSince).toEqual([])
  expect(restored.text.trimEnd()).toBe(text.trimEnd())
})

test('restores the last of duplicate keys, which EdgeCore uses', () => {
  const before = 'modules:\n  eventBus:\n    mqttMode: 1\n    mqttMode: 0\n'
  const restored = restoreKeys(patched(before), before, ours)
  expect(restored).toEqual({ text: before, changedSince: [] })
})

test('restores values in flow style', () => {
  const text = 'modules: { edged: { enable: true } }\n'
  expect(restoreKeys(patched(text), text, ours).text).toContain('{ edged: { enable: true } }')
})

test('keeps what was changed since, and everything else', () => {
  const before = 'modules:\n  eventBus:\n    mqttMode: 0\n'
  const now = `${patched(before).replace('mqttMode: 2', 'mqttMode: 1')}  serviceBus:\n    enable: true # new\n`
  expect(restoreKeys(now, before, ours)).toEqual({
    text: 'modules:\n  eventBus:\n    mqttMode: 1\n  serviceBus:\n    enable: true # new\n',
    changedSince: ['modules.eventBus.mqttMode'],
  })
})

test('names a key that was removed since, and does not restore it', () => {
  const before = 'modules:\n  eventBus:\n    mqttMode: 0\n'
  const now = patched(before).replace('    mqttMode: 2\n', '')
  const { text, changedSince } = restoreKeys(now, before, ours)
  expect(changedSince).toEqual(['modules.eventBus.mqttMode'])
  expect(text).not.toContain('mqttMode')
})
