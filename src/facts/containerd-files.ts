import type { ContainerdConfig } from '../node/containerd/containerd-config.ts'
import { socketState } from '../node/containerd/containerd-socket.ts'
import type { Node } from '../node/node.ts'
import { otherContainerdSockets } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { installedManifest } from './installed-bundle.ts'

export interface ContainerdFileFacts {
  config: ContainerdConfig
  /** Network configurations for pods. */
  cniFiles: string[]
  /** Layers of the installed bundle's images whose file in containerd's store has another size than it must have. */
  damagedBlobs: { digest: string; size: number; found: number }[]
  /** Sockets of other containerds that answer too. */
  otherSockets: string[]
}

async function damaged(node: Node, root: string): Promise<ContainerdFileFacts['damagedBlobs']> {
  const layers = (await installedManifest(node))?.images.flatMap(image => image.layers) ?? []
  const sizes = await Promise.all(layers.map(({ digest }) => node.containerd.blobSize(root, digest)))
  return layers.flatMap(({ digest, size }, index) => {
    // One that is not there at all is what `ctr images check` finds.
    const found = sizes[index] ?? size
    return found === size ? [] : [{ digest, size, found }]
  })
}

/** What containerd reads and writes on the disk. */
export const containerdFiles: Collector<ContainerdFileFacts> = {
  name: 'containerdFiles',
  timeoutMs: 15_000,
  async collect(node) {
    const config = await node.containerd.config()
    const [cniFiles, damagedBlobs, states] = await Promise.all([
      node.files.list(config.cniConfigs),
      damaged(node, config.root),
      Promise.all(otherContainerdSockets.map(path => socketState(path, 1000))),
    ])
    return {
      config,
      cniFiles: cniFiles.filter(name => /\.(conf|conflist|json)$/.test(name)).toSorted(),
      damagedBlobs,
      otherSockets: otherContainerdSockets.filter((_, index) => states[index] === 'answers'),
    }
  },
}
