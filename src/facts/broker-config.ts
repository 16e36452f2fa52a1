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
  const mount = mounts.find(([inside]) => path.startsWith(inside))
  return mount ? path.replace(mount[0], mount[1]) : path
}

const located = async ({ option, path }: BrokerConfig['files'][number], files: Files) => ({
  option,
  path: onNode(path),
  access: await fileAccess(onNode(path), files),
})

/** The mosquitto.conf of edgekit's broker; undefined when it does not exist. */
export const brokerConfig: Collector<BrokerConfigFacts | undefined> = {
  timeoutMs: 10_000,
  async collect({ files }) {
    const text = await files.read(paths.brokerConfig)
    if (text === undefined) return undefined
    const config = readMosquittoConf(text)
    const [data, ...named] = await Promise.all([
      fileAccess(paths.brokerData, files),
      ...config.files.map(file => located(file, files)),
    ])
    return { ...config, path: paths.brokerConfig, data, files: named }
  },
}
