import { type BrokerConfig, readMosquittoConf } from '../broker/mosquitto-conf.ts'
import { type ConfDProblem, pathProblems } from '../broker/profile/conf-d-problems.ts'
import type { Files } from '../node/files.ts'
import type { Node } from '../node/node.ts'
import { paths } from '../node/paths.ts'
import { pathsOnNode } from './broker-mounts.ts'
import type { Collector } from './collector.ts'
import { type FileAccess, fileAccess } from './file-access.ts'

export interface BrokerConfigFacts extends BrokerConfig {
  path: string
  /** The files it names, with their paths on the node. */
  files: (BrokerConfig['files'][number] & { access: FileAccess | undefined })[]
  /** `persistence_location` on the node; undefined when it is not on a mount of the container. */
  dataDirectory: string | undefined
  /** The access to that directory; undefined when it does not exist. */
  data: FileAccess | undefined
  /** Lines with paths that the container cannot use. */
  unusable: ConfDProblem[]
}

/** mosquitto.conf with the files of `include_dir` in place of that line; undefined when it does not exist. */
export async function readBrokerConfigText(node: Node): Promise<string | undefined> {
  const text = await node.files.read(paths.brokerConfig)
  if (text === undefined || !text.includes('include_dir')) return text
  const onNode = await pathsOnNode(node)
  const lines = await Promise.all(
    text.split('\n').map(async line => {
      const included = /^\s*include_dir\s+(\S.*?)\s*$/.exec(line)?.[1]
      return included === undefined ? line : includedText(onNode(included) ?? included, node.files)
    }),
  )
  return lines.join('\n')
}

/** As mosquitto reads it: names that end with `.conf`, capital letters first. A file in it is not expanded further. */
async function includedText(directory: string, files: Files): Promise<string> {
  const names = (await files.list(directory)).filter(name => name.endsWith('.conf')).toSorted()
  const texts = await Promise.all(names.map(name => files.read(`${directory}/${name}`)))
  return texts.map(text => text ?? '').join('\n')
}

/** The mosquitto.conf of edgekit's broker; undefined when it does not exist. */
export const brokerConfig: Collector<BrokerConfigFacts | undefined> = {
  timeoutMs: 10_000,
  async collect(node) {
    const text = await readBrokerConfigText(node)
    if (text === undefined) return undefined
    const config = readMosquittoConf(text)
    const onNode = await pathsOnNode(node)
    const dataDirectory = onNode(config.persistenceLocation)
    const [data, ...files] = await Promise.all([
      dataDirectory === undefined ? undefined : fileAccess(dataDirectory, node.files),
      ...config.files.map(async ({ option, path }) => {
        const outside = onNode(path) ?? path
        return { option, path: outside, access: await fileAccess(outside, node.files) }
      }),
    ])
    const unusable = pathProblems(text, paths.brokerConfig).filter(
      // A drop-in can mount it.
      ({ text }) => onNode(text.split(/\s+/).at(-1) ?? '') === undefined,
    )
    return { ...config, path: paths.brokerConfig, dataDirectory, data, files, unusable }
  },
}
