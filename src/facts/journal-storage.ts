import type { Collector } from './collector.ts'

export interface JournalStorageFacts {
  /** On the disk: it is still there after a restart of the machine. */
  persistent: boolean
  /** In memory. */
  volatile: boolean
}

/** Where journald keeps what it is told (systemd-journald.service(8), FILES). */
export const journalStorage: Collector<JournalStorageFacts> = {
  name: 'journalStorage',
  timeoutMs: 10_000,
  async collect({ files }) {
    // The directory of this machine; others are left from a copied disk.
    const machine = (await files.read('/etc/machine-id'))?.trim() ?? ''
    const isThere = async (path: string) => (await files.list(`${path}/${machine}`)).length > 0
    const [persistent, volatile] = await Promise.all([
      isThere('/var/log/journal'),
      isThere('/run/log/journal'),
    ])
    return { persistent, volatile }
  },
}
