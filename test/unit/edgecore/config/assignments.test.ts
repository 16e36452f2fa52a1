import { expect, test } from 'vitest'
import { parseAssignments } from '../../../../src/edgecore/config/assignments.ts'
import { patchEdgecoreConfig } from '../../../../src/edgecore/config/config.ts'

test.each([
  ['modules.eventBus.mqttMode=2', 2],
  ['modules.edged.hostnameOverride=edge-1', 'edge-1'],
  ['modules.edged.hostnameOverride="7"', '7'],
  ['modules.deviceTwin.enable=no', false],
  ['modules.eventBus.mqttServerExternal=tcp://127.0.0.1:1883', 'tcp://127.0.0.1:1883'],
  ['modules.edged.nodeLabels.note=a=b', 'a=b'],
  ['modules.edged.nodeIP=""', ''],
  ['modules.edged.remoteRuntimeEndpoint=unix:///run/x.sock', 'unix:///run/x.sock'],
  ['modules.edged.tailoredKubeletConfig.logging.verbosity=5', 5],
  ['featureGates.requireAuthorization=true', true],
])('%s', (text, value) => {
  expect(parseAssignments([text])).toEqual({ [text.slice(0, text.indexOf('='))]: value })
})

test.each([
  ['mqttMode', /expected KEY=VALUE/],
  ['=2', /expected KEY=VALUE/],
  ['modules..x=2', /a part of the key is empty/],
  ['modules.eventbus.mqttMode=2', /EdgeCore has no such key; did you mean modules\.eventBus\.mqttMode\?/],
  ['module.eventBus.mqttMode=2', /did you mean modules\.eventBus\.mqttMode\?/],
  ['modules.eventBus.mqttMode=null', /expected a string, a number, or true or false, found null/],
  ['modules.eventBus.mqttMode=', /found null/],
  ['modules.edged.nodeIP=[1]', /found a list/],
  ['modules.edged.nodeIP={a: 1}', /found a map/],
  ['modules.edged.nodeIP="a', /the value "\\"a" is not YAML: this quote is not closed/],
  ['modules.edged.nodeIP=*a', /the value "\*a" is not YAML: no anchor &a above/],
  ['modules.edged.nodeIP=@a', /the value "@a" is not YAML: a value that begins with @ must be quoted/],
  ['modules.edgeHub.token=a.b.c.d', /is a secret/],
  ['modules.eventBus.mqttPassword=x', /is a secret/],
])('%s is refused', (text, message) => {
  expect(() => parseAssignments([text])).toThrow(message)
  expect(() => parseAssignments([text])).toThrow(expect.objectContaining({ exitCode: 2 }))
})

test('an escaped dot is part of the key', () => {
  const values = parseAssignments([
    'modules.edged.tailoredKubeletConfig.evictionHard.memory\\.available=50Mi',
  ])
  const before =
    'modules:\n  edged:\n    tailoredKubeletConfig:\n      evictionHard:\n        memory.available: 100Mi\n'
  expect(patchEdgecoreConfig(before, values).text).toBe(before.replace('100Mi', '50Mi'))
  expect(patchEdgecoreConfig('', values).text).toBe(before.replace('100Mi', '50Mi'))
})
