import type { UnpackedBundle } from '../../bundle/bundle.ts'
import { brokerScripts, texts } from '../../bundle/payload.ts'
import { mosquitto, paths, units } from '../../node/paths.ts'
import type { NodeSettings } from '../request/node-settings.ts'
import type { BrokerAccess } from './broker-access.ts'
import { type DesiredEdgecore, edgecoreSteps } from './edgecore-steps.ts'
import { type NewRuntime, runtimeSteps } from './runtime-steps.ts'
import { type DesiredStep, readable, type StepMakers, stepMakers } from './step-makers.ts'
import { brokerAnswers } from './unit-steps.ts'

export interface DesiredNode {
  bundle: UnpackedBundle
  settings: NodeSettings
  edgecore: DesiredEdgecore
  /** Undefined for a foreign mosquitto.service, which is used as it is. */
  access: BrokerAccess | undefined
  /** Units systemd does not know yet. */
  newUnits: readonly string[]
  /** Steps of the device service; undefined when it is not installed. */
  devices: readonly DesiredStep[] | undefined
  /** Set when the bundle brings the container runtime of this node. */
  runtime: NewRuntime | undefined
}

/**
 * Everything an edge node must be after an install, in order: image, unit, broker, and EdgeCore only once the broker
 * answers. A pure function.
 */
export function desiredSteps({
  bundle,
  settings,
  edgecore,
  access,
  devices,
  newUnits,
  runtime,
}: DesiredNode): DesiredStep[] {
  const { manifest } = bundle
  const makers = stepMakers(bundle, newUnits)
  const { place, folder, start, edgekit, images, atBoot, installedManifest } = makers
  return [
    folder('/etc/edgekit', readable),
    folder(paths.brokerDirectory, readable),
    folder('/opt/edgekit', readable),
    folder('/opt/edgekit/bin', readable),
    folder(paths.images, readable),
    folder(paths.brokerData, { mode: 0o700, ...mosquitto }),
    ...edgekit(),
    ...Object.values(brokerScripts).map(script => place(script)),

    ...(runtime ? runtimeSteps(manifest, runtime, makers) : []),
    ...images(),
    ...(access ? brokerUnit(access, settings, makers) : []),
    start(
      units.broker,
      access
        ? [paths.brokerUnit, paths.brokerConfig, ...access.files.map(({ id }) => id), manifest.broker.image]
        : [],
    ),
    brokerAnswers,
    ...(access?.proof ?? []),

    ...(settings.edgecore ? edgecoreSteps(manifest, edgecore, settings, makers) : []),
    ...(devices ?? []),

    // Late: a unit that starts at boot after a power cut would look like one that ran before the install.
    ...atBoot([
      ...(runtime ? [units.containerd] : []),
      units.broker,
      ...(settings.edgecore && !settings.stage ? [units.edgecore] : []),
      ...(devices ? [units.devices] : []),
    ]),
    installedManifest(),
  ]
}

/** The usual mosquitto.conf is the one of the bundle, and needs no trial. */
const brokerUnit = (
  { config, files, trial }: BrokerAccess,
  { broker }: NodeSettings,
  { place, reload }: StepMakers,
): DesiredStep[] => [
  ...files,
  broker ? config : place(texts.brokerConfig),
  place(texts.brokerUnit),
  ...reload(units.broker, [paths.brokerUnit]),
  ...(broker ? trial : []),
]
