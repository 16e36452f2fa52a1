import type { FileSystem } from '../node/storage.ts'
import { brokerConfig } from './broker-config.ts'
import type { Collector } from './collector.ts'

export interface BrokerDatabaseFacts {
  path: string
  /** Undefined when the broker has not saved yet. */
  bytes: number | undefined
  /** When the broker saved last, in milliseconds since 1970. */
  savedAt: number | undefined
  /** The file system it is on. */
  disk: FileSystem
  /** Databases that prepare-broker has set aside, oldest first. */
  setAside: { path: string; bytes: number; reason: 'damaged' | 'too-large' }[]
}

const asideName = /\.(?:damaged|too-large)-(?<date>\d{4}-[\dT-]+Z)$/
const dateIn = (name: string): string => asideName.exec(name)?.groups?.['date'] ?? ''

/** Where the broker saves its messages; undefined when it does not, or not on the node. */
export const brokerDatabase: Collector<BrokerDatabaseFacts | undefined> = {
  timeoutMs: 10_000,
  async collect(node, signal) {
    const { files, storage } = node
    const config = await brokerConfig.collect(node, signal)
    if (!config?.persistence || config.dataDirectory === undefined) return undefined
    const { dataDirectory, persistenceFile } = config
    const path = `${dataDirectory}/${persistenceFile}`
    const [status, savedAt, disk, names] = await Promise.all([
      files.status(path),
      files.modified(path),
      storage.fileSystem(dataDirectory),
      files.list(dataDirectory),
    ])
    const kept = names
      .filter(name => name.startsWith(`${persistenceFile}.`) && asideName.test(name))
      .toSorted((one, other) => dateIn(one).localeCompare(dateIn(other)))
    return {
      path,
      bytes: status?.size,
      savedAt,
      disk,
      setAside: await Promise.all(
        kept.map(async name => ({
          path: `${dataDirectory}/${name}`,
          bytes: (await files.status(`${dataDirectory}/${name}`))?.size ?? 0,
          reason: name.includes('.too-large-') ? 'too-large' : 'damaged',
        })),
      ),
    }
  },
}
