import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { type Role, unpackedLabBundle } from './bundle.ts'
import { cached } from './cache.ts'
import type { Disk } from './mounts.ts'
import { type LabNode, type NodeOptions, startKeptNode, startNode } from './node.ts'
import { nodeDirectory } from './state.ts'
import { pristineTree, type Release } from './tree.ts'

/** Where the bundle lies on a node, as unpacked by a technician. */
export const bundleOnNode = '/root/bundle'

export const install = `cd ${bundleOnNode} && ./edgekit install`

/** A node with a bundle unpacked in `/root/bundle`, on which nothing has been installed yet. */
export const startNodeWithBundle = (options: NodeOptions, role: Role = 'edge'): Promise<LabNode> =>
  withBundle(startNode(options), role)

/** The same, but the node stays until someone removes it. */
export const startKeptNodeWithBundle = (options: NodeOptions): Promise<LabNode> =>
  withBundle(startKeptNode(options), 'edge')

async function withBundle(started: Promise<LabNode>, role: Role): Promise<LabNode> {
  const bundle = await unpackedLabBundle(role)
  const node = await started
  await node.copyIn(bundle, bundleOnNode)
  return node
}

/** A node that has joined, on which the lab's bundle was installed before it was last switched off; it works. */
export async function startInstalledNode(release: Release, role: Role = 'edge'): Promise<LabNode> {
  const node = await startNode({ release, disk: await installedDisk(release, role) })
  try {
    for (const end = Date.now() + 60_000; ; await sleep(200)) {
      const { exitCode, stdout } = await node.run('edgekit doctor')
      if (exitCode === 0) return node
      if (Date.now() > end) throw new Error(`the installed node does not come up:\n${stdout}`)
    }
  } catch (error) {
    await node.remove()
    throw error
  }
}

/** The disk of a node after an install. Most tests begin there, and an install is the slow part of them. */
export async function installedDisk(release: Release, role: Role = 'edge'): Promise<Disk> {
  const [tree, bundle] = await Promise.all([pristineTree(release), unpackedLabBundle(role)])
  const directory = await cached(`installed-${release}`, [tree, bundle], async output => {
    await using node = await startNodeWithBundle({ release, certificates: true }, role)
    await node.sh(install, { timeoutMs: 120_000 })
    await node.powerCut()
    for (const part of ['upper', 'containerd']) {
      await execa('cp', ['--archive', join(nodeDirectory(node.name), part), output])
    }
  })
  return { layers: [join(directory, 'upper'), tree], containerd: join(directory, 'containerd') }
}
