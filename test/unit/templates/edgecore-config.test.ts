import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { patchEdgecoreConfig, readEdgecoreConfig } from '../../../src/edgecore/config/config.ts'
import { eventBusValues } from '../../../src/edgecore/config/event-bus.ts'
import { runtimeValues, unjoinedValues } from '../../../src/edgecore/config/node-values.ts'

const template = readFileSync(
  new URL('../../../templates/edgecore/edgecore-config.yaml', import.meta.url),
  'utf8',
)

test('the shipped configuration already has EventBus as a node needs it', () => {
  expect(patchEdgecoreConfig(template, eventBusValues)).toEqual({ text: template, changed: [] })
})

test('EdgeCore has every key in it, and the node name is left empty', () => {
  const config = readEdgecoreConfig(template)
  expect(JSON.stringify(config)).not.toContain('"problem"')
  expect(config.nullSections).toEqual([])
  expect(config.edged.hostnameOverride).toEqual({ value: '' })
  expect(config.edgeHub.httpServer.value).toMatch(/^https:\/\/192\.0\.2\.1:10002$/)
})

test.each([
  [
    'v1.22.0',
    [
      '      containerRuntimeEndpoint: unix:///run/containerd/containerd.sock',
      '      imageServiceEndpoint: unix:///run/containerd/containerd.sock',
      '      featureGates:',
      '        DisableCSIVolumePlugin: true',
      '    hostnameOverride: edge-1',
    ],
  ],
  [
    'v1.17.0',
    [
      '    remoteRuntimeEndpoint: unix:///run/containerd/containerd.sock',
      '    remoteImageEndpoint: unix:///run/containerd/containerd.sock',
      '    hostnameOverride: edge-1',
    ],
  ],
])('what a node with KubeEdge %s needs goes into it without disturbing a comment', (version, lines) => {
  const { text } = patchEdgecoreConfig(template, {
    ...runtimeValues(version, {
      endpoint: 'unix:///run/containerd/containerd.sock',
      cgroupDriver: 'cgroupfs',
    }),
    ...unjoinedValues(version),
    'modules.edged.hostnameOverride': 'edge-1',
  })
  const added = text.split('\n').filter(line => !template.split('\n').includes(line))
  expect(added.toSorted()).toEqual(lines.toSorted())
  expect(text).toHaveLength(template.length + lines.join('\n').length + 1)
})
