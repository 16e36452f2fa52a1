import type { EdgecoreConfig } from './config.ts'

/**
 * What EdgeCore exits on in its configuration, as sentences without a period that begin with the key. What depends on the
 * version of KubeEdge is left out when that is not known.
 */
export const configMistakes = (config: EdgecoreConfig, version: string): string[] => [
  ...config.nullSections.map(section => `${section} has no value: EdgeCore crashes`),
  ...problemsIn(config.eventBus, 'modules.eventBus'),
  ...problemsIn(config.deviceTwin, 'modules.deviceTwin'),
  ...problemsIn(config.edgeHub, 'modules.edgeHub'),
  ...driverMistake(config),
  ...transportMistake(config),
  ...dockerMistakes(config, Number(/^v?1\.(\d+)\./.exec(version)?.[1])),
]

/** Keys of edgecore.yaml that have another name here. */
const fileKeys: Readonly<Record<string, string>> = {
  tls: 'eventBusTLS',
  caFile: 'tlsMqttCAFile',
  certFile: 'tlsMqttCertFile',
  privateKeyFile: 'tlsMqttPrivateKeyFile',
}

const problemsIn = (section: Record<string, unknown>, path: string): string[] =>
  Object.entries(section).flatMap(([name, setting]) => {
    const key = fileKeys[name] ?? name
    if (typeof setting !== 'object' || setting === null) return []
    if (!('problem' in setting))
      return 'value' in setting || 'set' in setting
        ? []
        : problemsIn(setting as Record<string, unknown>, `${path}.${key}`)
    return [`${path}.${key} ${String(setting.problem)}`]
  })

const driverMistake = ({ edged }: EdgecoreConfig): string[] =>
  !edged.enable.value || ['cgroupfs', 'systemd'].includes(edged.cgroupDriver.value)
    ? []
    : [
        `modules.edged.tailoredKubeletConfig.cgroupDriver is "${edged.cgroupDriver.value}", not cgroupfs or systemd`,
      ]

const transportMistake = ({ edgeHub }: EdgecoreConfig): string[] =>
  edgeHub.enable.value && edgeHub.websocket.enable.value === edgeHub.quic.enable.value
    ? ['modules.edgeHub needs exactly one of websocket.enable and quic.enable']
    : []

/**
 * Docker's CRI server, dockershim, is gone since v1.14. Each version reads its own keys and ignores the others: v1.14 and
 * v1.15 exit on any runtime but `remote` (cmd/kubelet/app/options), v1.18 moved the endpoints.
 */
function dockerMistakes({ edged }: EdgecoreConfig, minor: number): string[] {
  if (!edged.enable.value || !(minor >= 14)) return []
  const runtime = edged.containerRuntime.value
  const { containerRuntimeEndpoint, imageServiceEndpoint, remoteRuntimeEndpoint, remoteImageEndpoint } = edged
  const endpoints =
    minor < 18
      ? { remoteRuntimeEndpoint, remoteImageEndpoint }
      : {
          'tailoredKubeletConfig.containerRuntimeEndpoint': containerRuntimeEndpoint,
          'tailoredKubeletConfig.imageServiceEndpoint': imageServiceEndpoint,
        }
  return [
    ...(minor <= 15 && runtime !== '' && runtime !== 'remote'
      ? [`modules.edged.containerRuntime is ${runtime}; KubeEdge v1.14 and later support only remote`]
      : []),
    ...Object.entries(endpoints)
      .filter(([, { value }]) => /\/docker(?:shim)?\.sock$/.test(value))
      .map(
        ([key, { value }]) =>
          `modules.edged.${key} is ${value}, the socket of Docker: KubeEdge v1.14 and later need that of containerd`,
      ),
  ]
}
