import { dirname, join } from 'node:path'
import { eventBusValues } from '../edgecore/event-bus.ts'
import { runtimeValues, unjoinedValues } from '../edgecore/node-values.ts'
import { broker, paths, units } from '../node/paths.ts'
import { type NewRuntime, runtimeSteps } from './runtime-steps.ts'
import { type DesiredStep, readable, stepMakers } from './step-makers.ts'
import type { UnpackedBundle } from './unpacked-bundle.ts'

export interface DesiredNode {
  bundle: UnpackedBundle
  /** There is an EdgeCore that somebody else set up, `keadm join` say: its program and its unit are left as they are. */
  adopted: boolean
  /** The configuration that EdgeCore's unit reads. */
  edgecoreConfig: string
  nodeName: string
  /** Where containerd listens. */
  containerdSocket: string
  /** Only when the bundle brings the container runtime of this node. */
  runtime: NewRuntime | undefined
}

// The user `mosquitto` inside the image, as in the upstream image since 1.6.
const mosquitto = { uid: 1883, gid: 1883 }

/**
 * All that an edge node must be after an install, in the order it is made so: image, unit, broker up, and only when
 * the broker answers, EdgeCore. A list of plain data that does not look at the node.
 */
export function desiredSteps({
  bundle,
  adopted,
  edgecoreConfig,
  nodeName,
  containerdSocket,
  runtime,
}: DesiredNode): DesiredStep[] {
  const { directory, manifest } = bundle
  const makers = stepMakers(bundle)
  const { place, folder, edgekit, images, installedManifest } = makers
  const { kubeedgeVersion } = manifest
  const endpoint = runtimeValues(kubeedgeVersion, {
    endpoint: `unix://${containerdSocket}`,
    cgroupDriver: undefined,
  })
  const reload = (unit: string, because: string[]): DesiredStep => ({
    id: `reload for ${unit}`,
    kind: 'daemon-reload',
    spec: { units: [unit] },
    because,
  })

  const edgecoreProgram = [
    place('bin/edgecore', paths.edgecore, 0o755),
    place('bin/keadm', paths.keadm, 0o755),
    place('systemd/edgecore.service', paths.edgecoreUnit, 0o644),
  ]

  return [
    folder('/etc/edgekit', readable),
    folder('/etc/edgekit/mosquitto', readable),
    folder('/opt/edgekit', readable),
    folder('/opt/edgekit/bin', readable),
    folder(paths.images, readable),
    folder(paths.brokerData, { mode: 0o700, ...mosquitto }),
    ...edgekit(),
    place('bin/clean-broker', paths.cleanBroker, 0o755),

    ...(runtime ? runtimeSteps(manifest, runtime, makers) : []),
    ...images(),
    place('config/mosquitto/mosquitto.conf', paths.brokerConfig, 0o644),
    place('systemd/mosquitto.service', paths.brokerUnit, 0o644),
    reload(units.broker, [paths.brokerUnit]),
    { id: `enable ${units.broker}`, kind: 'unit-enabled', spec: { unit: units.broker } },
    {
      id: units.broker,
      kind: 'unit-running',
      spec: { unit: units.broker, mayFail: false },
      because: [paths.brokerUnit, paths.brokerConfig, manifest.broker.image],
    },
    { id: 'broker answers', kind: 'broker-answers', spec: { ...broker, timeoutMs: 30_000 } },

    ...(adopted ? [] : edgecoreProgram),
    folder(dirname(edgecoreConfig), readable),
    {
      id: edgecoreConfig,
      kind: 'edgecore-config',
      spec: {
        path: edgecoreConfig,
        base: join(directory, 'config/kubeedge/edgecore-config.yaml'),
        // An EdgeCore that somebody else set up has found its runtime already.
        values: { ...eventBusValues, ...(adopted ? {} : endpoint) },
        initial: {
          'modules.edged.hostnameOverride': nodeName,
          ...endpoint,
          ...unjoinedValues(kubeedgeVersion),
        },
      },
    },
    folder('/etc/systemd/system/edgecore.service.d', readable),
    place('systemd/edgecore.service.d/10-edgekit.conf', paths.edgecoreDropIn, 0o644),
    reload(units.edgecore, [paths.edgecoreUnit, paths.edgecoreDropIn]),
    { id: `enable ${units.edgecore}`, kind: 'unit-enabled', spec: { unit: units.edgecore } },
    {
      id: units.edgecore,
      kind: 'unit-running',
      spec: { unit: units.edgecore, mayFail: true },
      because: [paths.edgecore, edgecoreConfig, paths.edgecoreUnit, paths.edgecoreDropIn],
    },

    installedManifest(),
  ]
}
