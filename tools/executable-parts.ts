import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import type { ExecutableParts } from '../src/build/pack/executable-parts.ts'
import { type Arch, nodeVersion } from './node-runtime.ts'

/** Asset with the list of parts of an executable, for readAsset. */
export const executablePartsAsset = 'build/executable-parts.json'

/** The directories of the npm packages that contribute to the output of esbuild, relative to the checkout. */
export function packageDirectories(metafiles: readonly Metafile[]): string[] {
  const directories = new Set<string>()
  for (const { inputs } of metafiles.flatMap(({ outputs }) => Object.values(outputs))) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [directory] = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []
      if (directory !== undefined && bytesInOutput > 0) directories.add(directory)
    }
  }
  return [...directories].sort()
}

/** Node.js, and these npm packages. */
export async function listExecutableParts(
  directories: readonly string[],
  arch: Arch,
  root: string,
): Promise<ExecutableParts> {
  const packages = await Promise.all(
    directories.map(async directory => {
      const { name, version, license } = JSON.parse(
        await readFile(join(root, directory, 'package.json'), 'utf8'),
      ) as ExecutableParts['packages'][number]
      return { name, version, ...(typeof license === 'string' && { license }) }
    }),
  )
  // One package can be installed in several places of node_modules.
  const distinct = new Map(packages.map(found => [`${found.name}@${found.version}`, found]))
  return {
    node: await nodeVersion(arch),
    packages: [...distinct.keys()].sort().flatMap(key => distinct.get(key) ?? []),
  }
}
