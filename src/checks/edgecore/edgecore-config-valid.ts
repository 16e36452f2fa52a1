import type { EdgecoreConfig } from '../../edgecore/config/config.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { plural } from '../../lib/format.ts'
import type { Check } from '../check.ts'

export const edgecoreConfigValid: Check = {
  id: 'edgecore-config-valid',
  title: 'edgecore.yaml has only values EdgeCore accepts',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-file'],
  run(facts) {
    const { path, config } = requireFact(facts.edgecoreConfig)
    if (!config) return { status: 'skip', observed: 'edgecore.yaml does not exist' }
    const mistakes = [
      ...config.nullSections.map(section => `${section} has no value: EdgeCore crashes`),
      ...problemsIn(config.eventBus, 'modules.eventBus'),
      ...problemsIn(config.deviceTwin, 'modules.deviceTwin'),
      ...problemsIn(config.edgeHub, 'modules.edgeHub'),
      ...driverMistake(config),
      ...transportMistake(config),
      ...dockerMistakes(config, versionOf(facts, config)),
    ]
    if (mistakes.length === 0) return { status: 'pass', observed: path }
    return {
      status: 'fail',
      observed: `${path} has ${plural(mistakes.length, 'value')} EdgeCore exits on`,
      expected: 'values of the right type, and no empty sections',
      evidence: mistakes,
      remedy: {
        text: 'Install the bundle again, which sets the keys of EventBus, DeviceTwin and the container runtime. Fix other values in the file.',
        commands: ['./edgekit install', 'systemctl restart edgecore'],
        fix: { kind: 'patch-event-bus' },
      },
    }
  },
}

const problemsIn = (section: Record<string, unknown>, path: string): string[] =>
  Object.entries(section).flatMap(([key, setting]) => {
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

/** The minor number of KubeEdge's version: of the bundle, or of the EdgeCore that wrote the file (v1.21 and later). */
function versionOf({ bundle }: Facts, { edgecoreVersion }: EdgecoreConfig): number | undefined {
  const version = ('value' in bundle && bundle.value?.kubeedgeVersion) || edgecoreVersion.value
  const minor = /^v?1\.(\d+)\./.exec(version)?.[1]
  return minor === undefined ? undefined : Number(minor)
}

/**
 * Docker's CRI server, dockershim, is gone since v1.14. Each version reads its own keys and ignores the others: v1.14 and
 * v1.15 exit on any runtime but `remote` (cmd/kubelet/app/options), v1.18 moved the endpoints.
 */
function dockerMistakes({ edged }: EdgecoreConfig, minor: number | undefined): string[] {
  if (!edged.enable.value || minor === undefined || minor < 14) return []
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
