import { type EdgecoreConfig, edgecoreConfigIn } from '../edgecore/config/config.ts'
import { edgecoreConfigPath } from '../edgecore/config/edgecore-config-path.ts'
import { type BrokerLogin, brokerLoginIn } from '../edgecore/config/mqtt-credentials.ts'
import { readKeys } from '../edgecore/config/yaml-document.ts'
import { messageOf } from '../lib/errors.ts'
import { paths, units } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { memoizePerNode } from './memoized-node.ts'

export interface EdgecoreConfigFacts {
  /** The file that EdgeCore's unit really reads. */
  path: string
  /** Undefined when there is no such file, or it is not YAML. */
  config: EdgecoreConfig | undefined
  /** Why the file that is there could not be understood. */
  problem?: string
  /** When it was last written, milliseconds since 1970. */
  modifiedAt?: number
  /** There is a file in the usual place as well, which this EdgeCore does not read. */
  alsoUsual: boolean
}

interface NodeConfig {
  path: string
  /** Is there such a file? */
  exists: boolean
  /** Of a file that is not there, or not YAML, EdgeCore's defaults. */
  config: EdgecoreConfig
  /** Secret, and no part of any fact. */
  login: BrokerLogin | undefined
  /** Why the file that is there could not be understood. */
  problem?: string
}

/** What stands in the file that EdgeCore reads, and what it means. */
export const readNodeConfig = memoizePerNode(async (node): Promise<NodeConfig> => {
  const { execStart } = await node.systemd.unit(units.edgecore)
  const path = edgecoreConfigPath(execStart)
  const text = await node.files.read(path)
  const understood = (yaml: string) => {
    const keys = readKeys(yaml)
    return { path, exists: text !== undefined, config: edgecoreConfigIn(keys), login: brokerLoginIn(keys) }
  }
  try {
    return understood(text ?? '')
  } catch (error) {
    return { ...understood(''), problem: messageOf(error) }
  }
})

export const edgecoreConfig: Collector<EdgecoreConfigFacts> = {
  name: 'edgecoreConfig',
  timeoutMs: 10_000,
  async collect(node) {
    const { path, exists, config, problem } = await readNodeConfig(node)
    const [modifiedAt, usual] = await Promise.all([
      node.files.modified(path),
      node.files.status(paths.edgecoreConfig),
    ])
    const alsoUsual = path !== paths.edgecoreConfig && usual !== undefined
    const place = { path, alsoUsual, ...(modifiedAt !== undefined && { modifiedAt }) }
    if (problem !== undefined) return { ...place, config: undefined, problem }
    return { ...place, config: exists ? config : undefined }
  },
}
