import type { UnpackedBundle } from '../../bundle/bundle.ts'
import { broker, paths, units } from '../../node/paths.ts'
import type { NodeSettings } from '../request/node-settings.ts'
import { type DesiredEdgecore, edgecoreSteps } from './edgecore-steps.ts'
import { type NewRuntime, runtimeSteps } from './runtime-steps.ts'
import { type DesiredStep, readable, type StepMakers, stepMakers } from './step-makers.ts'

export interface DesiredNode {
  bundle: UnpackedBundle
  choices: NodeSettings
  edgecore: DesiredEdgecore
  /** mosquitto.service is somebody else's, and stays. */
  brokerAdopted: boolean
  /** Units that systemd does not know yet. */
  newUnits: readonly string[]
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
  choices,
  edgecore,
  brokerAdopted,
  newUnits,
  runtime,
}: DesiredNode): DesiredStep[] {
  const { manifest } = bundle
  const makers = stepMakers(bundle, newUnits)
  const { place, folder, start, edgekit, images, atBoot, installedManifest } = makers
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
    ...(brokerAdopted ? [] : brokerUnit(makers)),
    start(units.broker, brokerAdopted ? [] : [paths.brokerUnit, paths.brokerConfig, manifest.broker.image]),
    { id: 'broker answers', kind: 'broker-answers', spec: { ...broker, timeoutMs: 30_000 } },

    ...(choices.edgecore ? edgecoreSteps(manifest, edgecore, choices, makers) : []),

    // Not before: after a power cut what comes up at boot by itself would be taken for something that ran before.
    ...atBoot([
      ...(runtime ? [units.containerd] : []),
      units.broker,
      ...(choices.edgecore && !choices.stage ? [units.edgecore] : []),
    ]),
    installedManifest(),
  ]
}

const brokerUnit = ({ place, reload }: StepMakers): DesiredStep[] => [
  place('config/mosquitto/mosquitto.conf', paths.brokerConfig, 0o644),
  place('systemd/mosquitto.service', paths.brokerUnit, 0o644),
  ...reload(units.broker, [paths.brokerUnit]),
]
