import { type EdgecoreConfig, edgecoreConfigIn } from '../edgecore/config/config.ts'
import { edgecoreConfigPath } from '../edgecore/config/edgecore-config-path.ts'
import { type BrokerLogin, brokerLoginIn } from '../edgecore/config/mqtt-credentials.ts'
import { duplicateKeysIn, readKeys } from '../edgecore/config/yaml-document.ts'
import { messageOf } from '../lib/errors.ts'
import { paths, units } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { memoizePerNode } from './memoized-node.ts'

export interface EdgecoreConfigFacts {
  /** The file that EdgeCore reads. */
  path: string
  /** Undefined when the file does not exist or is not YAML. */
  config: EdgecoreConfig | undefined
  /** Keys that are in a map more than once, with their lines: EdgeCore uses the last one. */
  duplicateKeys: string[]
  /** Why the file cannot be parsed. */
  problem?: string
  /** Modification time in milliseconds since 1970. */
  modifiedAt?: number
  /** The unit names another file, and the default one exists, too: EdgeCore ignores that. */
  hasUnusedDefault: boolean
}

interface NodeConfig {
  path: string
  exists: boolean
  /** EdgeCore's defaults when the file does not exist or is not YAML. */
  config: EdgecoreConfig
  /** Secret: not part of any fact. */
  login: BrokerLogin | undefined
  duplicateKeys: string[]
  /** Why the file cannot be parsed. */
  problem?: string
}

/** The configuration file that EdgeCore reads, parsed. */
export const readNodeConfig = memoizePerNode(async (node): Promise<NodeConfig> => {
  const { execStart } = await node.systemd.unit(units.edgecore)
  const path = edgecoreConfigPath(execStart)
  const text = await node.files.read(path)
  const parse = (yaml: string) => {
    const keys = readKeys(yaml)
    const exists = text !== undefined
    const duplicateKeys = duplicateKeysIn(yaml)
    return { path, exists, config: edgecoreConfigIn(keys), login: brokerLoginIn(keys), duplicateKeys }
  }
  try {
    return parse(text ?? '')
  } catch (error) {
    return { ...parse(''), problem: messageOf(error) }
  }
})

export const edgecoreConfig: Collector<EdgecoreConfigFacts> = {
  timeoutMs: 10_000,
  async collect(node) {
    const { path, exists, config, duplicateKeys, problem } = await readNodeConfig(node)
    const [modifiedAt, defaultFile] = await Promise.all([
      node.files.modified(path),
      node.files.status(paths.edgecoreConfig),
    ])
    const hasUnusedDefault = path !== paths.edgecoreConfig && defaultFile !== undefined
    const place = { path, hasUnusedDefault, duplicateKeys, ...(modifiedAt !== undefined && { modifiedAt }) }
    if (problem !== undefined) return { ...place, config: undefined, problem }
    return { ...place, config: exists ? config : undefined }
  },
}
