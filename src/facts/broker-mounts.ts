import { brokerMounts, pathOnNode } from '../broker/container-paths.ts'
import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'

/**
 * Translates a path in the broker's container to the path on the node, according to the bind mounts of its unit, drop-ins
 * included; undefined for a path that is not on a mount, and so is read-only and part of the image.
 */
export async function pathsOnNode(node: Node): Promise<(path: string) => string | undefined> {
  const { execStart } = await node.systemd.unit(units.broker)
  const found = [...execStart.matchAll(/--mount type=bind,src=([^,\s]+),dst=([^,\s]+)/g)].map(
    ([, outside = '', inside = '']) => ({ inside, outside }),
  )
  return path => pathOnNode(path, found.length > 0 ? found : brokerMounts)
}
