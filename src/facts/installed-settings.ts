import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'

/** What was asked for when this node was installed. */
export interface InstalledSettings {
  /** `staged`: prepared, and not to run yet. `none`: only the broker. */
  edgecore: 'running' | 'staged' | 'none'
  /** What was there and is somebody else's is used as it is. */
  adopt: boolean
  /** The name of the node, where it was to be another than that of the machine. */
  nodeName?: string
}

/** What the options of an install say; without any, a whole node of edgekit's own. */
export function installedSettingsFrom(
  options: { edgecore?: unknown; stage?: unknown; adopt?: unknown; nodeName?: unknown } = {},
): InstalledSettings {
  const edgecore = options.stage === true ? 'staged' : 'running'
  return {
    edgecore: options.edgecore === false ? 'none' : edgecore,
    adopt: options.adopt === true,
    ...(typeof options.nodeName === 'string' && { nodeName: options.nodeName }),
  }
}

export const installedSettings: Collector<InstalledSettings> = {
  name: 'wanted',
  timeoutMs: 5_000,
  async collect({ files }) {
    const text = await files.read(paths.receipt)
    return installedSettingsFrom(text === undefined ? {} : (JSON.parse(text) as { options?: object }).options)
  },
}
