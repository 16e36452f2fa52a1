import type { EdgecoreConfig } from '../../edgecore/config/config.ts'
import { requireFact } from '../../facts/fact.ts'
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
    ]
    if (mistakes.length === 0) return { status: 'pass', observed: path }
    return {
      status: 'fail',
      observed: `${path} has ${plural(mistakes.length, 'value')} EdgeCore exits on`,
      expected: 'values of the right type, and no empty sections',
      evidence: mistakes,
      remedy: {
        text: 'Fix the values. For EventBus and DeviceTwin, install the bundle again.',
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
