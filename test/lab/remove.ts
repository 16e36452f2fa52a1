import { killAll, removeCgroups } from './cgroups.ts'
import { unmountAll } from './mounts.ts'
import { nodeDirectory, release } from './state.ts'

/** Remove a node, whoever started it, in whatever state it is. */
export async function removeNode(name: string): Promise<void> {
  await killAll(name)
  await unmountAll(nodeDirectory(name))
  await removeCgroups(name)
  await release(name)
}
