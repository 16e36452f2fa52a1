import type { EdgecoreConfig } from '../../edgecore/config/config.ts'
import { configMistakes } from '../../edgecore/config/config-mistakes.ts'
import { eventBusValues } from '../../edgecore/config/event-bus.ts'
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
    const mistakes = configMistakes(config, versionOf(facts, config))
    if (mistakes.length === 0) return { status: 'pass', observed: path }
    return {
      status: 'fail',
      observed: `${path} has ${plural(mistakes.length, 'value')} EdgeCore exits on`,
      expected: 'values of the right type, and no empty sections',
      evidence: mistakes,
      remedy: mistakes.every(isSetByInstall)
        ? {
            text: 'Install the bundle again, which sets these keys.',
            commands: ['./edgekit install', 'systemctl restart edgecore'],
            fix: { kind: 'patch-event-bus' },
          }
        : {
            text: 'Fix the values in the file, then restart EdgeCore.',
            commands: [`\${EDITOR:-vi} ${path}`, 'systemctl restart edgecore'],
          },
    }
  },
}

/** Every install sets these keys, whatever they are; the others are the user's. */
const setByInstall: readonly string[] = [
  'modules',
  'modules.eventBus',
  'modules.deviceTwin',
  'modules.edged',
  ...Object.keys(eventBusValues),
  ...[
    'containerRuntime',
    'remoteRuntimeEndpoint',
    'remoteImageEndpoint',
    'tailoredKubeletConfig.containerRuntimeEndpoint',
    'tailoredKubeletConfig.imageServiceEndpoint',
    'tailoredKubeletConfig.cgroupDriver',
  ].map(key => `modules.edged.${key}`),
]

const isSetByInstall = (mistake: string): boolean => setByInstall.includes(mistake.split(' ')[0] ?? '')

/** The version of KubeEdge: of the bundle, or of the EdgeCore that wrote the file (v1.21 and later). */
function versionOf({ bundle }: Facts, { edgecoreVersion }: EdgecoreConfig): string {
  return ('value' in bundle && bundle.value?.kubeedgeVersion) || edgecoreVersion.value
}
