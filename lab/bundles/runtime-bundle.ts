import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../cache.ts'
import { type LabNode, type NodeOptions, startNode } from '../machine/node.ts'
import { pristineTree, type Release } from '../machine/tree.ts'
import { staticProgram } from '../registry/images.ts'
import { sh } from '../shell.ts'
import { variantLayer } from './variant.ts'

/** containerd, runc and CNI plugins of a Debian release, packed like upstream's releases. */
const releaseOf = async (release: Release): Promise<string> => {
  const tree = await pristineTree(release)
  return await cached(`runtime-${release}`, [tree, 'recipe 1'], async output => {
    const programs = ['containerd', 'containerd-shim-runc-v2', 'ctr'].map(name => `bin/${name}`)
    const pack = ['--sort=name', '--mtime=@0', '-czf']
    await sh`tar ${pack} ${output}/containerd.tar.gz -C ${tree}/usr ${programs}`
    await sh`cp ${tree}/usr/sbin/runc ${output}`
    // Pods of the lab have no network, so any program will do.
    const plugins = join(output, 'plugins')
    await mkdir(plugins)
    for (const name of ['bridge', 'host-local', 'loopback']) {
      await sh`cp ${await staticProgram('usr/bin/busybox')} ${plugins}/${name}`
    }
    await sh`tar ${pack} ${output}/cni.tar.gz -C ${plugins} .`
  })
}

/** The lab's edge bundle with the container runtime of a Debian release, as a layer of a node's disk. */
export const runtimeLayer = async (release: Release): Promise<string> => {
  const parts = await releaseOf(release)
  return await variantLayer({
    name: `runtime-${release}`,
    definition:
      'extends: edge\nruntime: { containerd: ./containerd.tar.gz, runc: ./runc, cniPlugins: ./cni.tar.gz }\n',
    files: Object.fromEntries(
      ['containerd.tar.gz', 'runc', 'cni.tar.gz'].map(name => [name, join(parts, name)]),
    ),
  })
}

/** A node with that bundle unpacked in `/root/bundle`, still with the containerd of its Debian release. */
export const startNodeWithRuntimeBundle = async (options: NodeOptions): Promise<LabNode> => {
  const layers = [await runtimeLayer(options.release), await pristineTree(options.release)]
  return startNode({ ...options, disk: { layers } })
}

/** Remove the container runtime and all its traces, as an administrator would. */
export const removeContainerd = 'dpkg --purge containerd runc && rm -rf /var/lib/containerd/* /run/containerd'
