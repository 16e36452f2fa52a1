import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'

/** The options of the last install, as far as checks depend on them. */
export interface InstalledSettings {
  /** `staged`: prepared, but not started yet. `none`: only the broker is installed. */
  edgecore: 'running' | 'staged' | 'none'
  /** Use existing services that edgekit did not install. */
  adopt: boolean
  /** The node name, if it differs from the host name. */
  nodeName?: string
  /** The cloud that it was installed for, such as `cloud.example:10000`. */
  cloudcore?: string
}

/** Read the options of a receipt. The default is a node with everything, installed by edgekit. */
export function installedSettingsFrom(
  options: {
    edgecore?: unknown
    stage?: unknown
    adopt?: unknown
    nodeName?: unknown
    cloudcore?: unknown
  } = {},
): InstalledSettings {
  const edgecore = options.stage === true ? 'staged' : 'running'
  return {
    edgecore: options.edgecore === false ? 'none' : edgecore,
    adopt: options.adopt === true,
    ...(typeof options.nodeName === 'string' && { nodeName: options.nodeName }),
    ...(typeof options.cloudcore === 'string' && { cloudcore: options.cloudcore }),
  }
}

export const installedSettings: Collector<InstalledSettings> = {
  timeoutMs: 5_000,
  async collect({ files }) {
    const text = await files.read(paths.receipt)
    return installedSettingsFrom(text === undefined ? {} : (JSON.parse(text) as { options?: object }).options)
  },
}
