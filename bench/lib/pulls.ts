import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { pushImage, startRegistry } from '../../lab/registry/registry.ts'
import { edgekit } from '../../tools/edgekit.ts'
import { hostArch } from '../../tools/node-runtime.ts'
import { compare } from './pairs.ts'
import { writeRandomImage } from './random-image.ts'
import type { Row } from './rows.ts'

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const names = ['one', 'two', 'three', 'four'] as const
const pairs = 5

const run = (file: string, args: readonly string[]): void => {
  execFileSync(file, args, { stdio: 'ignore' })
}

const row = (
  what: string,
  { ours, reference, ratio }: Awaited<ReturnType<typeof compare>>,
  budget: number,
): Row => ({
  what,
  ours: `${(ours / 1000).toFixed(2)} s`,
  reference: `${(reference / 1000).toFixed(2)} s`,
  ratio,
  budget,
})

/** One file of the program and what it imports, as the executable has them; the thread that hashes stays beside it. */
async function bundled(directory: string): Promise<string> {
  const outfile = join(directory, 'pull-images.cjs')
  await build({
    entryPoints: [pathOf('pull-images.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    minify: true,
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename)" },
  })
  await copyFile(pathOf('../../src/lib/hash/hash-worker.ts'), join(directory, 'hash-worker.ts'))
  return outfile
}

/**
 * What it costs to bring four images, 800 MB in all, into a cache, and to find them there. Measured is a process from its
 * start to its end that does the fetching of `edgekit bundle` and nothing else.
 */
export async function pulls(parent: string): Promise<Row[]> {
  const directory = await mkdtemp(join(parent, 'pulls-'))
  const [cache, copies] = [join(directory, 'cache'), join(directory, 'copies')]
  const program = await bundled(directory)
  const registry = await startRegistry()
  try {
    for (const name of names) {
      const layout = await writeRandomImage(directory, `linux/${hostArch()}`, 200_000_000)
      await pushImage(registry.url, `library/${name}`, '1.0', layout)
      await rm(layout, { recursive: true })
    }
    const pull = () =>
      run(process.execPath, [
        ...edgekit.execArgv,
        program,
        registry.url,
        cache,
        ...names.map(name => `${name}:1.0`),
      ])
    const cold = await compare(
      async () => {
        await rm(cache, { recursive: true, force: true })
        pull()
      },
      async () => {
        await rm(copies, { recursive: true, force: true })
        await mkdir(copies)
        for (const name of names) {
          const image = `docker://${registry.host}/library/${name}:1.0`
          run('skopeo', ['copy', '--src-tls-verify=false', image, `oci:${join(copies, name)}`])
        }
      },
      pairs,
    )
    const warm = await compare(
      pull,
      () => run('sh', ['-c', 'cat "$1"/blobs/sha256/* | sha256sum', 'sh', cache]),
      pairs,
    )
    return [
      row('cold pull of 4 images, against skopeo copy one after another', cold, 0.7),
      row('pull with a warm cache, against cat | sha256sum of it', warm, 1.5),
    ]
  } finally {
    await registry.stop()
    await rm(directory, { recursive: true, force: true })
  }
}
