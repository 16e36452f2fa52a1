import { expect, test } from 'vitest'
import type { EdgecoreConfigSpec } from '../../../../src/actions/files/edgecore-config.ts'
import { readEdgecoreConfig } from '../../../../src/edgecore/config/config.ts'
import { type DesiredEdgecore, edgecoreSteps } from '../../../../src/install/desired/edgecore-steps.ts'
import { stepMakers } from '../../../../src/install/desired/step-makers.ts'
import type { NodeSettings } from '../../../../src/install/request/node-settings.ts'
import { paths, units } from '../../../../src/node/paths.ts'
import { bundleFiles } from '../bundle.ts'

const { manifest } = bundleFiles()
const gate = 'modules.edged.tailoredKubeletConfig.featureGates.DisableCSIVolumePlugin'
const endpoint = 'modules.edged.tailoredKubeletConfig.containerRuntimeEndpoint'
const cgroups = 'modules.edged.tailoredKubeletConfig.cgroupDriver'

function stepsFor(
  settings: Partial<NodeSettings>,
  edgecore: Partial<DesiredEdgecore> = {},
  version = 'v1.22.0',
) {
  const of = { ...manifest, kubeedgeVersion: version }
  const steps = edgecoreSteps(
    of,
    {
      adopted: false,
      config: paths.edgecoreConfig,
      base: 'modules: {}\n',
      current: readEdgecoreConfig(''),
      nodeName: 'the-host',
      containerdSocket: '/run/containerd/containerd.sock',
      cgroupDriver: 'systemd',
      quic: false,
      login: { values: {}, secrets: {} },
      ...edgecore,
    },
    { set: {}, edgecore: true, stage: false, adopt: false, ...settings },
    stepMakers({ directory: '/bundle', manifest: of, manifestSha256: 'f'.repeat(64) }),
  )
  const config = steps.find(({ kind }) => kind === 'edgecore-config')?.spec as EdgecoreConfigSpec
  return { ids: steps.map(({ id }) => id), ...config }
}

test('without --node-name, a new file gets the host name and an existing one keeps its own', () => {
  const { values, initial } = stepsFor({})
  expect(initial).toMatchObject({ 'modules.edged.hostnameOverride': 'the-host', [gate]: true })
  expect(Object.keys(values)).not.toContain('modules.edged.hostnameOverride')
  expect(Object.keys(values)).not.toContain(gate)
  expect(values).toMatchObject({
    'modules.eventBus.mqttMode': 2,
    [endpoint]: 'unix:///run/containerd/containerd.sock',
    [cgroups]: 'systemd',
  })
})

test('settings apply to every file, and --set overrides everything else', () => {
  const { values } = stepsFor({
    nodeName: 'edge-7',
    cloudcore: '192.0.2.1:10000',
    set: { 'modules.edgeHub.websocket.server': '192.0.2.2:30000', 'modules.eventBus.mqttMode': 1 },
  })
  expect(values).toMatchObject({
    'modules.edged.hostnameOverride': 'edge-7',
    'modules.edgeHub.httpServer': 'https://192.0.2.1:10002',
    'modules.edgeHub.websocket.server': '192.0.2.2:30000',
    'modules.eventBus.mqttMode': 1,
  })
})

test('a staged EdgeCore is neither enabled nor started, and can run before it has joined', () => {
  const { ids, values } = stepsFor({ stage: true })
  expect(ids).toContain(paths.edgecoreUnit)
  expect(ids).not.toContain(units.edgecore)
  expect(ids).not.toContain(`enable ${units.edgecore}`)
  expect(values[gate]).toBe(true)
  expect(Object.keys(stepsFor({ stage: true }, {}, 'v1.21.0').values)).not.toContain(gate)
})

test('a foreign EdgeCore keeps its program, unit and runtime', () => {
  const { ids, values } = stepsFor({}, { adopted: true })
  expect(ids).not.toContain(paths.edgecoreUnit)
  expect(ids).not.toContain(paths.edgecore)
  expect(ids).toContain(units.edgecore)
  expect(Object.keys(values)).not.toContain(endpoint)
  expect(Object.keys(values)).not.toContain(cgroups)
})

const ofNewer = { current: readEdgecoreConfig('modules: {deviceTwin: {dmiSockPath: /etc/kubeedge/}}') }
const ofUser = { current: readEdgecoreConfig('modules: {deviceTwin: {dmiSockPath: /run/dmi.sock}}') }

test.each<[string, Partial<DesiredEdgecore>, string, string | undefined]>([
  ['a file of KubeEdge v1.23', ofNewer, 'v1.22.2', '/etc/kubeedge/dmi.sock'],
  ['a file of KubeEdge v1.23', ofNewer, 'v1.23.0', undefined],
  ['a file with another socket', ofUser, 'v1.22.2', undefined],
  ['a file of an EdgeCore that someone else installs', { ...ofNewer, adopted: true }, 'v1.22.2', undefined],
])('the socket of DeviceTwin in %s (%#), for %s', (_, edgecore, version, socket) => {
  expect(stepsFor({}, edgecore, version).values['modules.deviceTwin.dmiSockPath']).toBe(socket)
})
