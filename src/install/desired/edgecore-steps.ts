import { dirname } from 'node:path'
import type { Manifest } from '../../bundle/manifest.ts'
import { programs, texts } from '../../bundle/payload.ts'
import type { ConfigValue, EdgecoreConfig } from '../../edgecore/config/config.ts'
import { eventBusValues } from '../../edgecore/config/event-bus.ts'
import {
  type CgroupDriver,
  cloudValues,
  runtimeValues,
  socketValues,
  unjoinedValues,
} from '../../edgecore/config/node-values.ts'
import { paths, units } from '../../node/paths.ts'
import { type NodeSettings, parseCloudCore } from '../request/node-settings.ts'
import type { BrokerAccess } from './broker-access.ts'
import { type DesiredStep, readable, type StepMakers } from './step-makers.ts'

export interface DesiredEdgecore {
  /** Set up by someone else, such as `keadm join`: program and unit are left as they are. */
  adopted: boolean
  /** Path of the configuration its unit reads. */
  config: string
  /** The text of the configuration a new one starts from. */
  base: string
  /** The present configuration, or `base`. */
  current: EdgecoreConfig
  /** Node name for a new configuration. */
  nodeName: string
  containerdSocket: string
  /** containerd's; undefined when unknown. */
  cgroupDriver: CgroupDriver | undefined
  /** Connects to the cloud over QUIC. */
  quic: boolean
  /** Its user at the broker. */
  login: BrokerAccess['edgecore']
}

/** EdgeCore. A staged one is neither enabled nor started. */
export function edgecoreSteps(
  { kubeedgeVersion }: Manifest,
  edgecore: DesiredEdgecore,
  settings: NodeSettings,
  { place, folder, reload, start }: StepMakers,
): DesiredStep[] {
  const { adopted, config, base } = edgecore
  const runtime = runtimeValues(kubeedgeVersion, {
    endpoint: `unix://${edgecore.containerdSocket}`,
    cgroupDriver: edgecore.cgroupDriver,
  })
  const unitFiles = [paths.edgecoreUnit, paths.edgecoreDropIn]
  return [
    ...(adopted ? [] : [programs.edgecore, programs.keadm, texts.edgecoreUnit].map(place)),
    folder(dirname(config), readable, { shared: true }),
    {
      id: config,
      kind: 'edgecore-config',
      spec: {
        path: config,
        base,
        values: {
          ...eventBusValues,
          // An adopted EdgeCore is already configured for its container runtime.
          ...(adopted ? {} : { ...runtime, ...socketValues(kubeedgeVersion, edgecore.current) }),
          ...(settings.stage ? unjoinedValues(kubeedgeVersion) : {}),
          ...edgecore.login.values,
          ...valuesFrom(settings, edgecore.quic),
        },
        initial: {
          'modules.edged.hostnameOverride': edgecore.nodeName,
          ...runtime,
          ...unjoinedValues(kubeedgeVersion),
        },
        secrets: edgecore.login.secrets,
      },
    },
    folder(dirname(paths.edgecoreDropIn), readable),
    place(texts.edgecoreDropIn),
    ...reload(units.edgecore, unitFiles),
    ...(settings.stage
      ? []
      : [start(units.edgecore, [paths.edgecore, config, ...unitFiles], { mayFail: true })]),
  ]
}

const valuesFrom = (
  { nodeName, cloudcore, set }: NodeSettings,
  quic: boolean,
): Record<string, ConfigValue> => ({
  ...(nodeName !== undefined && { 'modules.edged.hostnameOverride': nodeName }),
  ...(cloudcore !== undefined && cloudValues(parseCloudCore(cloudcore), { quic })),
  ...set,
})
