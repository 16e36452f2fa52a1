import { expect, test } from 'vitest'
import { edgecoreConfigIn } from '../../../../src/edgecore/config/config.ts'
import { eventBusValues } from '../../../../src/edgecore/config/event-bus.ts'
import { requireKnownKey } from '../../../../src/edgecore/known-keys/known-keys.ts'

const none = 'no EdgeCore from v1.12 to v1.23 reads this key'

test.each<[key: string, reason: string, version?: string]>([
  ['modules.edgehub.heartbeat', 'EdgeCore has no such key; did you mean modules.edgeHub.heartbeat?'],
  ['modules.eventBus.mqttmode', 'EdgeCore has no such key; did you mean modules.eventBus.mqttMode?'],
  ['modules.eventBus.heartbeat', 'EdgeCore has no such key; did you mean modules.edgeHub.heartbeat?'],
  ['mqttMode', 'EdgeCore has no such key; did you mean modules.eventBus.mqttMode?'],
  [
    'modules.edged.maxPods',
    'EdgeCore has no such key; did you mean modules.edged.tailoredKubeletConfig.maxPods?',
  ],
  [
    'modules.edged.nodeLabel.site\\.example',
    'EdgeCore has no such key; did you mean modules.edged.nodeLabels.site\\.example?',
  ],
  ['modules.eventBus.mqttMode.x', none],
  ['modules.edged.nodeLables', 'EdgeCore has no such key; did you mean modules.edged.nodeLabels?'],
  ['modules.futureModule.enable', none],
  ['modules.eventBus.maxInflight', none],
  ['enable', none],
  ['__proto__', none],
  ['modules.constructor', none],
  [
    'modules.eventBus.eventBusTLS',
    'it is a section; set one of its keys: enable, tlsMqttCAFile, tlsMqttCertFile, tlsMqttPrivateKeyFile',
  ],
  ['modules.edged.nodeLabels', 'it is a map; set one of its keys: modules.edged.nodeLabels.NAME'],
  ['modules.edged.tailoredKubeletConfig.clusterDNS', 'it is a list; edit lists in the file'],
  [
    'modules.edged.remoteRuntimeEndpoint',
    'EdgeCore v1.18 does not read this key; v1.17 was the last that did',
    'v1.18.0',
  ],
  [
    'modules.deviceTwin.dmiSockPath',
    'EdgeCore v1.15 does not read this key, which is new in v1.16',
    'v1.15.2',
  ],
])('refuses %s', (key, reason, version) => {
  const refused = () => requireKnownKey(key, [], version)
  expect(refused).toThrow(`cannot set ${key}: ${reason}`)
  expect(refused).toThrow(
    expect.objectContaining({ exitCode: 2, remedy: expect.stringContaining(`--force='${key}'`) }),
  )
  expect(() => requireKnownKey(key, [key], version)).not.toThrow()
})

test.each<[key: string, version?: string]>([
  ['modules.edged.remoteRuntimeEndpoint', 'v1.17.4'],
  ['modules.edged.remoteRuntimeEndpoint'],
  ['modules.deviceTwin.dmiSockPath', 'v1.23.1'],
  ['modules.deviceTwin.dmiSockPath', 'v1.30.0'],
  ['modules.edged.tailoredKubeletConfig.evictionHard.memory\\.available', 'v1.12.1'],
  ['modules.edged.tailoredKubeletConfig.logging.options.json.infoBufferSize', 'v1.23.0'],
  ['modules.serviceBus.tlsCertFile', 'v1.24.0'],
  ['modules.edged.containerRuntime', 'a fork'],
])('accepts %s in %s', (key, version) => {
  expect(() => requireKnownKey(key, [], version)).not.toThrow()
})

test('has every key that edgekit reads or sets', () => {
  const read: string[] = []
  edgecoreConfigIn(path => {
    read.push(path)
    return undefined
  })
  const keys = [...read, ...Object.keys(eventBusValues)].filter(
    path => !read.some(other => other.startsWith(`${path}.`)),
  )
  expect(keys.length).toBeGreaterThan(40)
  for (const key of keys) expect(() => requireKnownKey(key)).not.toThrow()
})
