import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Interfaces, Plugin as OclifPlugin } from '@oclif/core'
import type { Plugin } from 'esbuild'

/**
 * Provides the module `edgekit:commands`: every command that oclif finds in the checkout at `root`. Each has a literal
 * import(), which loads it lazily inside the single file.
 */
export function commandsPlugin(root: string): Plugin {
  return {
    name: 'edgekit:commands',
    setup(build) {
      build.onResolve({ filter: /^edgekit:commands$/ }, ({ path }) => ({ path, namespace: 'edgekit' }))
      build.onLoad({ filter: /.*/, namespace: 'edgekit' }, async () => ({
        contents: await commandsModule(root),
        resolveDir: root,
        loader: 'js',
      }))
    },
  }
}

async function commandsModule(root: string): Promise<string> {
  const pjson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Interfaces.PJSON
  const plugin = new OclifPlugin({
    root,
    pjson,
    isRoot: true,
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  // Sort by id: the manifest keeps the order of the file system.
  const commands = Object.values(plugin.manifest.commands).sort((a, b) => (a.id < b.id ? -1 : 1))
  const entries = commands.map(command => {
    const file = `./${command.relativePath?.join('/')}`
    return `{ cached: ${JSON.stringify(command)}, import: () => import(${JSON.stringify(file)}) }`
  })
  return `export const pjson = ${JSON.stringify(shippedPackage(pjson))}\nexport const commands = [\n${entries.join(',\n')}\n]\n`
}

/** The part of package.json that ships. Without `commands`, oclif does not search for any. */
function shippedPackage({ name, version, description, oclif }: Interfaces.PJSON): object {
  const { commands: _, ...shipped } = oclif
  return { name, version, description, oclif: shipped }
}
