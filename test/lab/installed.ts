import { unpackedLabBundle } from './bundle.ts'
import { type LabNode, type NodeOptions, startKeptNode, startNode } from './node.ts'

/** Where the bundle lies on a node, as unpacked by a technician. */
export const bundleOnNode = '/root/bundle'

/** A node with a bundle unpacked in `/root/bundle`, on which nothing has been installed yet. */
export const startNodeWithBundle = (options: NodeOptions): Promise<LabNode> => withBundle(startNode(options))

/** The same, but the node stays until someone removes it. */
export const startKeptNodeWithBundle = (options: NodeOptions): Promise<LabNode> =>
  withBundle(startKeptNode(options))

async function withBundle(started: Promise<LabNode>): Promise<LabNode> {
  const bundle = await unpackedLabBundle()
  const node = await started
  await node.copyIn(bundle, bundleOnNode)
  return node
}

export const install = 'cd /root/bundle && ./edgekit install'

/** A node that has joined, on which the lab's bundle has been installed and works. */
export async function startInstalledNode(options: NodeOptions): Promise<LabNode> {
  const node = await startNodeWithBundle({ certificates: true, ...options })
  try {
    await node.sh(install, { timeoutMs: 120_000 })
    return node
  } catch (error) {
    await node.remove()
    throw error
  }
}
