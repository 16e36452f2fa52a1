import type { ConfigValue } from '../../edgecore/config/config.ts'

/**
 * An install that sets these keys of edgecore.yaml. Without `--set`, an install leaves a key alone that an
 * upgrade has left to the user.
 */
export const installSetting = (values: Readonly<Record<string, ConfigValue>>): string =>
  ['./edgekit install', ...Object.entries(values).map(([key, value]) => `--set ${key}=${value}`)].join(' ')
