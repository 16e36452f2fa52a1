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

/** What stands in that file, and what it means; of one that is not there or not YAML, EdgeCore's defaults. */
export async function readNodeConfig(
  node: Node,
): Promise<{ path: string; text: string; config: EdgecoreConfig }> {
  const path = await edgecoreConfigPath(node)
  const text = (await node.files.read(path)) ?? ''
  try {
    return { path, text, config: readEdgecoreConfig(text) }
  } catch {
    return { path, text: '', config: readEdgecoreConfig('') }
  }
}

export const edgecoreConfig: Collector<EdgecoreConfigFacts> = {
  name: 'edgecoreConfig',
  timeoutMs: 10_000,
  async collect(node) {
    const path = await edgecoreConfigPath(node)
    const [text, modifiedAt, usual] = await Promise.all([
      node.files.read(path),
      node.files.modified(path),
      node.files.status(paths.edgecoreConfig),
    ])
    const alsoUsual = path !== paths.edgecoreConfig && usual !== undefined
    const place = { path, alsoUsual, ...(modifiedAt !== undefined && { modifiedAt }) }
    if (text === undefined) return { ...place, config: undefined }
    try {
      return { ...place, config: readEdgecoreConfig(text) }
    } catch (error) {
      return { ...place, config: undefined, problem: messageOf(error) }
    }
  },
}
