import { dirname } from 'node:path'
import type { Manifest } from '../../bundle/manifest.ts'
import type { ConfigValue } from '../../edgecore/config/config.ts'
import { eventBusValues } from '../../edgecore/config/event-bus.ts'
import {
  type CgroupDriver,
  cloudValues,
  runtimeValues,
  unjoinedValues,
} from '../../edgecore/config/node-values.ts'
import type { Secret } from '../../lib/secret.ts'
import { paths, units } from '../../node/paths.ts'
import { type NodeSettings, parseCloudCore } from '../request/node-settings.ts'
import { type DesiredStep, readable, type StepMakers } from './step-makers.ts'

/** How EdgeCore is to be on a node. */
export interface DesiredEdgecore {
  /** Somebody else set it up, `keadm join` say: its program and its unit are left as they are. */
  adopted: boolean
  /** The configuration that its unit reads. */
  config: string
  /** What a new configuration is made from. */
  base: string
  /** The name of a node that was not given one. */
  nodeName: string
  /** Where containerd listens. */
  containerdSocket: string
  /** That of containerd; undefined when it is not known. */
  cgroupDriver: CgroupDriver | undefined
  /** It talks to its cloud over QUIC. */
  quic: boolean
  /** What it gets its first certificate with; undefined when it has one, or none was given. */
  token: Secret | undefined
}

/** All that makes EdgeCore. A staged one is neither enabled nor started. */
export function edgecoreSteps(
  { kubeedgeVersion }: Manifest,
  edgecore: DesiredEdgecore,
  choices: NodeSettings,
  { place, folder, reload, start }: StepMakers,
): DesiredStep[] {
  const { adopted, config, base } = edgecore
  const runtime = runtimeValues(kubeedgeVersion, {
    endpoint: `unix://${edgecore.containerdSocket}`,
    cgroupDriver: edgecore.cgroupDriver,
  })
  const program = [
    place('bin/edgecore', paths.edgecore, 0o755),
    place('bin/keadm', paths.keadm, 0o755),
    place('systemd/edgecore.service', paths.edgecoreUnit, 0o644),
  ]
  const unitFiles = [paths.edgecoreUnit, paths.edgecoreDropIn]
  return [
    ...(adopted ? [] : program),
    folder(dirname(config), readable),
    {
      id: config,
      kind: 'edgecore-config',
      spec: {
        path: config,
        base,
        values: {
          ...eventBusValues,
          // An EdgeCore that somebody else set up has found its runtime already.
          ...(adopted ? {} : runtime),
          ...(choices.stage ? unjoinedValues(kubeedgeVersion) : {}),
          ...chosenValues(choices, edgecore.quic),
        },
        initial: {
          'modules.edged.hostnameOverride': edgecore.nodeName,
          ...runtime,
          ...unjoinedValues(kubeedgeVersion),
        },
        ...(edgecore.token && { secrets: { 'modules.edgeHub.token': edgecore.token } }),
      },
    },
    folder('/etc/systemd/system/edgecore.service.d', readable),
    place('systemd/edgecore.service.d/10-edgekit.conf', paths.edgecoreDropIn, 0o644),
    ...reload(units.edgecore, unitFiles),
    ...(choices.stage
      ? []
      : [start(units.edgecore, [paths.edgecore, config, ...unitFiles], { mayFail: true })]),
  ]
}

const chosenValues = (
  { nodeName, cloudcore, set }: NodeSettings,
  quic: boolean,
): Record<string, ConfigValue> => ({
  ...(nodeName !== undefined && { 'modules.edged.hostnameOverride': nodeName }),
  ...(cloudcore !== undefined && cloudValues(parseCloudCore(cloudcore), { quic })),
  ...set,
})
