import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { killAll, removeCgroups } from './cgroups.ts'
import { unmountAll } from './mounts.ts'
import { nodeDirectory, release } from './state.ts'

/**
 * Stop a node at once, and clear away what a machine without power has not either: its cgroups, perhaps frozen, and
 * what a killed systemd-nspawn leaves, which would make it refuse to start a node of that name again.
 */
export async function switchOff(name: string): Promise<void> {
  await killAll(name)
  for (const kind of ['propagate', 'unix-export']) {
    const directory = join('/run/systemd/nspawn', kind, name)
    await unmountAll(directory)
    await rmdir(directory).catch(error => {
      if (error.code !== 'ENOENT') throw error
    })
  }
  await removeCgroups(name)
}

/** Remove a node, whoever started it, in whatever state it is. */
export async function removeNode(name: string): Promise<void> {
  await switchOff(name)
  await unmountAll(nodeDirectory(name))
  await release(name)
}
