import { paths } from '../node/paths.ts'

/** A directory of the node that is mounted into the broker's container. */
export interface BrokerMount {
  inside: string
  outside: string
}

/** The mounts of edgekit's mosquitto.service. */
export const brokerMounts: readonly BrokerMount[] = [
  { inside: '/mosquitto/config', outside: paths.brokerDirectory },
  { inside: '/mosquitto/data', outside: paths.brokerData },
]

/**
 * The path on the node of a path in the broker's container; undefined for one that is not on a mount, and so is read-only
 * and part of the image.
 */
export function pathOnNode(path: string, mounts: readonly BrokerMount[] = brokerMounts): string | undefined {
  const mount = mounts
    .toSorted((a, b) => b.inside.length - a.inside.length)
    .find(({ inside }) => `${path}/`.startsWith(`${inside.replace(/\/$/, '')}/`))
  return mount && `${mount.outside}${path.slice(mount.inside.replace(/\/$/, '').length)}`.replace(/\/+$/, '')
}
