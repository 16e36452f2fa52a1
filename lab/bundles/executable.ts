import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { type Arch, hostArch } from '../../tools/node-runtime.ts'
import { cached } from '../cache.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** All sources of the executable. */
const inputs = [
  'src/**/*.ts',
  'tools/**/*.ts',
  'templates/**/*',
  'bundles/*.yaml',
  'docs/checks.md',
  'package.json',
  'package-lock.json',
]

/** The path of an executable built from the current sources; cached. */
export async function edgekitExecutable(arch: Arch = hostArch()): Promise<string> {
  const contents: (string | Uint8Array)[] = []
  for (const path of await sources()) contents.push(path, await readFile(join(root, path)))
  const directory = await cached(`edgekit-${arch}`, contents, directory => buildEdgekit(arch, directory))
  return join(directory, `edgekit-linux-${arch}`)
}

/** Build in a separate process, because this one may have imported older versions of the commands. */
export async function buildEdgekit(arch: Arch, directory: string): Promise<void> {
  const build = [join(root, 'tools/build-sea.ts'), '--arch', arch, '--directory', directory]
  await execa(process.execPath, build, { cwd: root })
}

async function sources(): Promise<string[]> {
  const paths: string[] = []
  for await (const entry of glob(inputs, { cwd: root, withFileTypes: true })) {
    if (entry.isFile()) paths.push(join(entry.parentPath, entry.name).slice(root.length))
  }
  return paths.sort()
}
