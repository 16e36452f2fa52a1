import { type EdgecoreConfig, readEdgecoreConfig } from '../edgecore/config.ts'
import { paths, units } from '../node/paths.ts'
import type { Collector } from './collector.ts'

export interface EdgecoreConfigFacts {
  /** The file that EdgeCore's unit really reads. */
  path: string
  /** Undefined when there is no such file. */
  config: EdgecoreConfig | undefined
}

export const edgecoreConfig: Collector<EdgecoreConfigFacts> = {
  name: 'edgecoreConfig',
  timeoutMs: 10_000,
  async collect(node) {
    const { execStart } = await node.systemd.unit(units.edgecore)
    const path = /--config[= ](\S+)/.exec(execStart)?.[1] ?? paths.edgecoreConfig
    const text = await node.files.read(path)
    return { path, config: text === undefined ? undefined : readEdgecoreConfig(text) }
  },
}
