import { type BrokerConfig, readMosquittoConf } from '../broker/mosquitto-conf.ts'
import type { Files } from '../node/files.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { type FileAccess, fileAccess } from './file-access.ts'

export interface BrokerConfigFacts extends BrokerConfig {
  path: string
  /** The files it names, with their paths on the node. */
  files: (BrokerConfig['files'][number] & { access: FileAccess | undefined })[]
  /** The directory where the broker stores messages. */
  data: FileAccess | undefined
}

/** The bind mounts of the broker's container, as in mosquitto.service. */
const mounts: readonly (readonly [inside: string, outside: string])[] = [
  ['/mosquitto/config/', '/etc/edgekit/mosquitto/'],
  ['/mosquitto/data/', `${paths.brokerData}/`],
]

const onNode = (path: string): string => {
  const mount = mounts.find(([inside]) => `${path}/`.startsWith(inside))
  return mount ? `${path}/`.replace(mount[0], mount[1]).replace(/\/+$/, '') : path
}

const located = async ({ option, path }: BrokerConfig['files'][number], files: Files) => ({
  option,
  path: onNode(path),
  access: await fileAccess(onNode(path), files),
})

/** mosquitto.conf with the files of `include_dir` in place of that line; undefined when it does not exist. */
export async function brokerConfigText(files: Files): Promise<string | undefined> {
  const text = await files.read(paths.brokerConfig)
  if (text === undefined) return undefined
  const lines = await Promise.all(
    text.split('\n').map(async line => {
      const included = /^\s*include_dir\s+(\S.*?)\s*$/.exec(line)?.[1]
      return included === undefined ? line : includedText(onNode(included), files)
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
  async collect({ files }) {
    const text = await brokerConfigText(files)
    if (text === undefined) return undefined
    const config = readMosquittoConf(text)
    const [data, ...named] = await Promise.all([
      fileAccess(paths.brokerData, files),
      ...config.files.map(file => located(file, files)),
    ])
    return { ...config, path: paths.brokerConfig, data, files: named }
  },
}
