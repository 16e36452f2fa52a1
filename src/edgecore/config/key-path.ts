/**
 * The keys of a path such as `modules.eventBus.mqttMode`. A dot that belongs to a key has a backslash before it:
 * `evictionHard.memory\.available`.
 */
export const keysOf = (path: string): string[] =>
  path.split(/(?<!\\)\./).map(key => key.replaceAll('\\.', '.'))

/** The path of these keys, as `keysOf` reads it. */
export const pathOf = (keys: readonly string[]): string =>
  keys.map(key => key.replaceAll('.', '\\.')).join('.')
