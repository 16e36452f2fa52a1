/**
 * The keys of a path such as `modules.eventBus.mqttMode`. A dot inside a key is escaped: `evictionHard.memory\.available`.
 */
export const keysOf = (path: string): string[] =>
  path.split(/(?<!\\)\./).map(key => key.replaceAll('\\.', '.'))

/** The inverse of `keysOf`. */
export const pathOf = (keys: readonly string[]): string =>
  keys.map(key => key.replaceAll('.', '\\.')).join('.')
