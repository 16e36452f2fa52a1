import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Manifest } from '../../src/bundle/manifest.ts'
import { cached } from './cache.ts'
import { standInEdgecore } from './edgecore/index.ts'
import { edgekitExecutable } from './executable.ts'
import { labRegistry, mirrorFlags } from './lab-registry.ts'

export type Role = Manifest['role']

/** A bundle for this machine, made by the shipped executable out of the lab's registry. */
export async function labBundle(role: Role = 'edge'): Promise<string> {
  const [edgekit, edgecore] = await Promise.all([edgekitExecutable(), standInEdgecore()])
  const directory = await cached(`bundle-${role}`, [edgekit, edgecore], async output => {
    const registry = await labRegistry(edgecore)
    try {
      const cache = join(output, 'blobs')
      const options = ['--arch', 'amd64', '-o', output, '--cache', cache, ...mirrorFlags(registry.url)]
      await execa(edgekit, ['bundle', role, ...options], { cwd: output })
      await rm(cache, { recursive: true })
    } finally {
      await registry.stop()
    }
  })
  return join(directory, `kubeedge-${role}-v1.22.0-amd64.tar.gz`)
}

/** The same, unpacked as a technician does it. Treat it as read-only: others use it too. */
export async function unpackedLabBundle(role: Role = 'edge'): Promise<string> {
  const bundle = await labBundle(role)
  const directory = await cached('unpacked-bundle', [bundle], async output => {
    await mkdir(join(output, 'bundle'))
    await execa('tar', ['xzf', bundle, '-C', join(output, 'bundle')])
  })
  return join(directory, 'bundle')
}
