import type { ContainerdConfig } from '../node/containerd/containerd-config.ts'
import { socketState } from '../node/containerd/containerd-socket.ts'
import type { Node } from '../node/node.ts'
import { otherContainerdSockets } from '../node/paths.ts'
import { type CniFacts, cniOf } from './cni.ts'
import type { Collector } from './collector.ts'
import { installedManifest } from './installed-bundle.ts'

export interface ContainerdFileFacts {
  config: ContainerdConfig
  /** The configuration of the pod network; undefined when there is none. */
  cni: CniFacts | undefined
  /** Layers of the installed bundle's images whose blob in the content store has the wrong size. */
  damagedBlobs: { digest: string; size: number; found: number }[]
  /** Sockets of other containerds that answer. */
  otherSockets: string[]
}

async function findDamaged(node: Node, root: string): Promise<ContainerdFileFacts['damagedBlobs']> {
  const layers = (await installedManifest(node))?.images.flatMap(image => image.layers) ?? []
  const sizes = await Promise.all(layers.map(({ digest }) => node.containerd.blobSize(root, digest)))
  return layers.flatMap(({ digest, size }, index) => {
    // A missing blob makes the image incomplete, which is another fact.
    const found = sizes[index] ?? size
    return found === size ? [] : [{ digest, size, found }]
  })
}

/** containerd's configuration and content on the disk. */
export const containerdFiles: Collector<ContainerdFileFacts> = {
  timeoutMs: 15_000,
  async collect(node) {
    const config = await node.containerd.config()
    const [cni, damagedBlobs, states] = await Promise.all([
      cniOf(config.cni, node.files),
      findDamaged(node, config.root),
      Promise.all(otherContainerdSockets.map(path => socketState(path, 1000))),
    ])
    return {
      config,
      cni,
      damagedBlobs,
      otherSockets: otherContainerdSockets.filter((_, index) => states[index] === 'answers'),
    }
  },
}
