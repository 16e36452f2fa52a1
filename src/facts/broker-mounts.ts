import type { Node } from '../node/node.ts'
import { paths, units } from '../node/paths.ts'

/** Those of edgekit's mosquitto.service. */
const defaults = [
  { inside: '/mosquitto/config', outside: '/etc/edgekit/mosquitto' },
  { inside: '/mosquitto/data', outside: paths.brokerData },
]

/**
 * Translates a path in the broker's container to the path on the node, according to the bind mounts of its unit, drop-ins
 * included; undefined for a path that is not on a mount, and so is read-only and part of the image.
 */
export async function pathsOnNode(node: Node): Promise<(path: string) => string | undefined> {
  const { execStart } = await node.systemd.unit(units.broker)
  const found = [...execStart.matchAll(/--mount type=bind,src=([^,\s]+),dst=([^,\s]+)/g)].map(
    ([, outside = '', inside = '']) => ({ inside, outside }),
  )
  const mounts = (found.length > 0 ? found : defaults).toSorted((a, b) => b.inside.length - a.inside.length)
  return path => {
    const mount = mounts.find(({ inside }) => `${path}/`.startsWith(`${inside.replace(/\/$/, '')}/`))
    return (
      mount && `${mount.outside}${path.slice(mount.inside.replace(/\/$/, '').length)}`.replace(/\/+$/, '')
    )
  }
}
