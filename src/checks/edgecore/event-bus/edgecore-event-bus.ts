import type { EdgecoreConfig, Setting } from '../../../edgecore/config/config.ts'
import { eventBusValues } from '../../../edgecore/config/event-bus.ts'
import { requireFact } from '../../../facts/fact.ts'
import type { Check } from '../../check.ts'
import { installSetting } from '../../shared/install-setting.ts'

const settings = (config: EdgecoreConfig): Record<keyof typeof eventBusValues, Setting<unknown>> => ({
  'modules.eventBus.enable': config.eventBus.enable,
  'modules.eventBus.mqttMode': config.eventBus.mqttMode,
  'modules.eventBus.mqttServerExternal': config.eventBus.mqttServerExternal,
  'modules.eventBus.mqttServerInternal': config.eventBus.mqttServerInternal,
  'modules.deviceTwin.enable': config.deviceTwin.enable,
})

export const edgecoreEventBus: Check = {
  id: 'edgecore-event-bus',
  title: 'EventBus uses the local broker',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-valid'],
  run(facts) {
    const { path, config } = requireFact(facts.edgecoreConfig)
    const remedy = (command: string) => ({
      text: 'Install the bundle again: it sets these keys and keeps the rest of the file.',
      commands: [command],
      fix: { kind: 'patch-event-bus' } as const,
    })
    if (!config) {
      return {
        status: 'fail',
        observed: `${path} does not exist`,
        expected: "EdgeCore's configuration",
        remedy: remedy('./edgekit install'),
      }
    }
    const found = settings(config)
    const wrong = Object.entries(eventBusValues).flatMap(([key, expected]) => {
      const setting = found[key as keyof typeof eventBusValues]
      const problem =
        setting.problem ??
        (setting.value === expected
          ? undefined
          : `is ${JSON.stringify(setting.value)}, expected ${JSON.stringify(expected)}`)
      return problem === undefined ? [] : [{ key, expected, problem: `${key} ${problem}` }]
    })
    const empty = config.nullSections.map(section => `${section} is null: EdgeCore crashes`)
    if (wrong.length + empty.length > 0) {
      return {
        status: 'fail',
        observed: `${path} does not configure EventBus for the local broker`,
        expected: 'EventBus enabled, mqttMode 2, tcp://127.0.0.1:1883',
        evidence: [...empty, ...wrong.map(({ problem }) => problem)],
        remedy: remedy(installSetting(Object.fromEntries(wrong.map(({ key, expected }) => [key, expected])))),
      }
    }
    return { status: 'pass', observed: `mqttMode 2, ${config.eventBus.mqttServerExternal.value} in ${path}` }
  },
}
