import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { killAll, removeCgroups } from './cgroups.ts'
import { unmountAll } from './mounts.ts'
import { nodeDirectory, release } from './state.ts'

/**
 * Stop a node at once, and remove its cgroups, which may be frozen, and the state that a killed systemd-nspawn leaves and
 * that would block another node of this name.
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

/** Remove a node in any state, whoever started it. */
export async function removeNode(name: string): Promise<void> {
  await switchOff(name)
  await unmountAll(nodeDirectory(name))
  await release(name)
}
