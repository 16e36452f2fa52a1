import type { Config } from './config.ts'
import { info, warning } from './klog.ts'

/** EdgeCore's modules in registration order, with their configuration keys. */
const parts = [
  ['twin', 'deviceTwin'],
  ['edged', 'edged'],
  ['websocket', 'edgeHub'],
  ['eventbus', 'eventBus'],
  ['metamanager', 'metaManager'],
  ['servicebus', 'serviceBus'],
  ['edgestream', 'edgeStream'],
  ['taskmanager', 'taskManager'],
  ['testManager', 'dbTest'],
] as const

const databases = [
  ['DeviceTwin', 'deviceTwin', 56, 53],
  ['EventBus', 'eventBus', 70, 67],
  ['MetaManager', 'metaManager', 82, 79],
  ['ServiceBus', 'serviceBus', 95, 92],
] as const

/** Log the registration of modules; returns the names of enabled ones. */
export function registerModules({ modules }: Config): string[] {
  for (const [name, key, on, off] of databases) {
    if (modules[key]['enable'] === true) info(`init.go:${on}`, `Migrating DB tables for ${name} module`)
    else info(`init.go:${off}`, `${name} module is disabled, skipping DB migration`)
  }
  return parts.flatMap(([name, key]) => {
    const enabled = modules[key]['enable'] === true
    if (enabled) info('module.go:90', `Module ${name} registered successfully`)
    else warning('module.go:93', `Module ${name} is disabled, do not register`)
    return enabled ? [name] : []
  })
}

/** Log the start of modules without an effect outside EdgeCore. */
export function announceStart(enabled: readonly string[]): void {
  for (const name of enabled) info('core.go:53', `starting module ${name}`)
  if (!enabled.includes('twin')) return
  info('process.go:131', 'Begin to sync sqlite ')
  info('dmiworker.go:64', 'dmi worker start')
  info('dmiworker.go:216', 'success to init device model info from db')
  info('dmiworker.go:234', 'success to init device info from db')
  info('dmiworker.go:259', 'success to init device mapper info from db')
}

/** Log what EdgeCore logs between SIGTERM and its exit. */
export function announceStop(enabled: readonly string[], signal: string, eventBusRuns: boolean): void {
  info('core.go:63', `Get os signal ${signal}`)
  for (const name of enabled) {
    info('core.go:69', `Cleanup module ${name}`)
    if (name === 'twin') {
      warning('process.go:347', 'Stop DeviceTwin ModulesHealth load loop')
      for (const part of ['DMI', 'Device', 'Comm', 'Mem', 'Twin'])
        info('dtcontext.go:66', `${part}Module stop`)
    }
  }
  if (eventBusRuns) {
    warning('eventbus.go:179', 'Action not found')
    warning('eventbus.go:117', 'EventBus PubCloudMsg To Edge stop')
  }
}
