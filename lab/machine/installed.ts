import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bundleLayer, bundleOnNode, type Role } from '../bundles/bundle.ts'
import { cached } from '../cache.ts'
import { sh } from '../shell.ts'
import { type Disk, makeImage, syncDisk, writtenBy } from './mounts.ts'
import { type LabNode, type NodeOptions, startKeptNode, startNode } from './node.ts'
import { nodeDirectory } from './state.ts'
import { pristineTree, type Release } from './tree.ts'

export { bundleOnNode } from '../bundles/bundle.ts'

export const install = `cd ${bundleOnNode} && ./edgekit install`

/** A node with a bundle unpacked in `/root/bundle`, more bundles in `moreLayers`, and nothing installed. */
export async function startNodeWithBundle(
  options: NodeOptions,
  role: Role = 'edge',
  moreLayers: readonly string[] = [],
): Promise<LabNode> {
  const disk = await diskWithBundle(options.release, role)
  return startNode({ ...options, disk: { ...disk, layers: [...moreLayers, ...disk.layers] } })
}

/** The same, kept until it is removed explicitly. */
export const startKeptNodeWithBundle = async (options: NodeOptions): Promise<LabNode> =>
  startKeptNode({ ...options, disk: await diskWithBundle(options.release, 'edge') })

const diskWithBundle = async (release: Release, role: Role): Promise<Disk> => ({
  layers: [await bundleLayer(role), await pristineTree(release)],
})

/** A healthy joined node with the lab's bundle installed before its last boot. */
export async function startInstalledNode(
  release: Release,
  role: Role = 'edge',
  moreLayers: readonly string[] = [],
): Promise<LabNode> {
  const disk = await installedDisk(release, role)
  const node = await startNode({ release, disk: { ...disk, layers: [...moreLayers, ...disk.layers] } })
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

/** The disk of an installed node. Most tests start from it, because an install is slow. */
export async function installedDisk(release: Release, role: Role = 'edge'): Promise<Disk> {
  const disk = await diskWithBundle(release, role)
  const directory = await cached(`installed-${release}`, [...disk.layers, 'recipe 2'], async output => {
    await using node = await startNodeWithBundle({ release, certificates: true }, role)
    await node.sh(install, { timeoutMs: 120_000 })
    const written = nodeDirectory(node.name)
    await syncDisk(written)
    await node.powerCut()
    await sh`cp --archive ${writtenBy(written, 'upper')} ${output}`
    await makeImage(join(output, 'disk.img'), writtenBy(written, 'containerd'))
  })
  return { layers: [join(directory, 'upper'), ...disk.layers], image: join(directory, 'disk.img') }
}
