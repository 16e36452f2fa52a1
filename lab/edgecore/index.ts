import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Arch, hostArch } from '../../tools/node-runtime.ts'
import { buildSea } from '../../tools/sea.ts'
import { cached } from '../cache.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The stand-in for EdgeCore as one executable; cached. */
export async function standInEdgecore(arch: Arch = hostArch()): Promise<string> {
  const inputs: (string | Uint8Array)[] = []
  for (const path of await sources()) inputs.push(path, await readFile(join(root, path)))
  const directory = await cached(`edgecore-${arch}`, inputs, directory =>
    buildSea({ entry: join(root, 'lab/edgecore/main.ts'), arch, output: join(directory, 'edgecore') }),
  )
  return join(directory, 'edgecore')
}

async function sources(): Promise<string[]> {
  const paths = ['package-lock.json']
  for await (const path of glob(['lab/edgecore/**/*.ts', 'tools/*.ts'], { cwd: root })) paths.push(path)
  return paths.sort()
}
