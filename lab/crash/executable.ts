import { chmod, mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { edgekit } from '../../tools/edgekit.ts'
import { hostArch } from '../../tools/node-runtime.ts'
import { buildSea } from '../../tools/sea.ts'
import { edgekitExecutable } from '../bundles/executable.ts'
import { cached } from '../cache.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const replaced = ['files.ts', 'processes.ts']

/** src/node/node.ts imports these files from this directory instead; the product itself does not know about it. */
const crashPlugin: Plugin = {
  name: 'crash',
  setup(build) {
    const missing = new Set(replaced)
    build.onResolve({ filter: /\/(files|processes)\.ts$/ }, ({ path, importer }) => {
      if (!importer.endsWith('/src/node/node.ts')) return undefined
      missing.delete(basename(path))
      return { path: join(here, basename(path)) }
    })
    build.onEnd(() => {
      if (missing.size > 0) throw new Error(`src/node/node.ts does not import ${[...missing].join(', ')}`)
    })
  },
}

export const crashingEdgekit = '/root/crash/edgekit'

/** An executable that can be told where to end, as a layer of a node's disk. */
export async function crashLayer(): Promise<string> {
  const inputs = await Promise.all(
    ['cut.ts', 'executable.ts', ...replaced].map(name => readFile(join(here, name))),
  )
  return cached('crashing-edgekit', [await edgekitExecutable(), ...inputs], async directory => {
    const output = join(directory, crashingEdgekit)
    await mkdir(join(output, '..'), { recursive: true })
    await chmod(join(directory, 'root'), 0o700)
    const plugins = [crashPlugin, ...edgekit.plugins]
    await buildSea({ ...edgekit, plugins, arch: hostArch(), output })
  })
}
