import { type EdgecoreConfig, readEdgecoreConfig } from '../edgecore/config.ts'
import { messageOf } from '../errors.ts'
import type { Node } from '../node/node.ts'
import { paths, units } from '../node/paths.ts'
import type { Collector } from './collector.ts'

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

/** EdgeCore reads one file; its unit may name another than the usual one. */
async function edgecoreConfigPath(node: Node): Promise<string> {
  const { execStart } = await node.systemd.unit(units.edgecore)
  return /--config[= ](\S+)/.exec(execStart)?.[1] ?? paths.edgecoreConfig
}

interface NodeConfig {
  path: string
  /** Undefined when there is no such file. */
  text: string | undefined
  /** Of a file that is not there, or not YAML, EdgeCore's defaults. */
  config: EdgecoreConfig
  /** Why the file that is there could not be understood. */
  problem?: string
}

/** Several collectors want to know, and to understand YAML takes longer than to run a program. */
const read = new WeakMap<Node, Promise<NodeConfig>>()

/** What stands in that file, and what it means. For one look at a node it is read once. */
export function readNodeConfig(node: Node): Promise<NodeConfig> {
  const found = read.get(node) ?? lookAt(node)
  read.set(node, found)
  return found
}

async function lookAt(node: Node): Promise<NodeConfig> {
  const path = await edgecoreConfigPath(node)
  const text = await node.files.read(path)
  try {
    return { path, text, config: readEdgecoreConfig(text ?? '') }
  } catch (error) {
    return { path, text, config: readEdgecoreConfig(''), problem: messageOf(error) }
  }
}

export const edgecoreConfig: Collector<EdgecoreConfigFacts> = {
  name: 'edgecoreConfig',
  timeoutMs: 10_000,
  async collect(node) {
    const { path, text, config, problem } = await readNodeConfig(node)
    const [modifiedAt, usual] = await Promise.all([
      node.files.modified(path),
      node.files.status(paths.edgecoreConfig),
    ])
    const alsoUsual = path !== paths.edgecoreConfig && usual !== undefined
    const place = { path, alsoUsual, ...(modifiedAt !== undefined && { modifiedAt }) }
    if (problem !== undefined) return { ...place, config: undefined, problem }
    return { ...place, config: text === undefined ? undefined : config }
  },
}
