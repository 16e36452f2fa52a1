import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Manifest } from '../../src/bundle/manifest.ts'
import { hostArch } from '../../tools/node-runtime.ts'
import { cached } from '../cache.ts'
import { standInEdgecore } from '../edgecore/index.ts'
import { labRegistry, mirrorFlags } from '../registry/lab-registry.ts'
import { sh } from '../shell.ts'
import { edgekitExecutable } from './executable.ts'

export type Role = Manifest['role']

/** A bundle for this machine, built by the shipped executable from the lab's registry. */
export async function labBundle(role: Role = 'edge'): Promise<string> {
  const [edgekit, edgecore] = await Promise.all([edgekitExecutable(), standInEdgecore()])
  const directory = await cached(`bundle-${role}`, [edgekit, edgecore], async output => {
    const registry = await labRegistry(edgecore)
    try {
      const cache = join(output, 'blobs')
      const options = ['--arch', hostArch(), '-o', output, '--cache', cache, ...mirrorFlags(registry.url)]
      await execa(edgekit, ['bundle', role, ...options], { cwd: output })
      await rm(cache, { recursive: true })
    } finally {
      await registry.stop()
    }
  })
  return join(directory, `kubeedge-${role}-v1.22.0-${hostArch()}.tar.gz`)
}

/** Where a technician unpacks the bundle on a node. */
export const bundleOnNode = '/root/bundle'

/** The same, unpacked, as a read-only layer of a node's disk. */
export async function bundleLayer(role: Role = 'edge'): Promise<string> {
  const bundle = await labBundle(role)
  return await cached('unpacked-bundle', [bundle, bundleOnNode], async output => {
    await mkdir(join(output, 'root'), { mode: 0o700 })
    await mkdir(join(output, bundleOnNode))
    await sh`tar xzf ${bundle} -C ${join(output, bundleOnNode)}`
  })
}

/** Its directory on the host. */
export const unpackedLabBundle = async (role: Role = 'edge'): Promise<string> =>
  join(await bundleLayer(role), bundleOnNode)
