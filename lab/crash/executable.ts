import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { edgekit } from '../../tools/edgekit.ts'
import { hostArch } from '../../tools/runtime.ts'
import { buildSea } from '../../tools/sea.ts'
import { edgekitExecutable } from '../bundles/executable.ts'
import { cached } from '../cache.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const replaced = ['files.ts', 'processes.ts']

/** src/node/node.ts gets its parts from this directory. The product itself knows nothing of it. */
const crashPlugin: Plugin = {
  name: 'crash',
  setup(build) {
    build.onResolve({ filter: /^\.\/(files|processes)\.ts$/ }, ({ path, importer }) =>
      importer.endsWith('/src/node/node.ts') ? { path: join(here, path) } : undefined,
    )
  },
}

export const crashingEdgekit = '/root/crash/edgekit'

/** The executable that can be told where to end, as a layer of a node's disk. */
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
