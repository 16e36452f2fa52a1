import type { Collector } from './collector.ts'

export interface JournalStorageFacts {
  /** On the disk: it survives a reboot. */
  persistent: boolean
  /** In memory: it is lost at a reboot. */
  volatile: boolean
}

/** Where journald stores the journal (systemd-journald.service(8), FILES). */
export const journalStorage: Collector<JournalStorageFacts> = {
  timeoutMs: 10_000,
  async collect({ files }) {
    // The directory of this machine: a copied disk also has those of others.
    const machine = (await files.read('/etc/machine-id'))?.trim() ?? ''
    const hasFiles = async (path: string) => (await files.list(`${path}/${machine}`)).length > 0
    const [persistent, volatile] = await Promise.all([
      hasFiles('/var/log/journal'),
      hasFiles('/run/log/journal'),
    ])
    return { persistent, volatile }
  },
}
