// npm run build:sea [-- --arch amd64] [--directory DIR]: the shipped executables, in dist/ unless told otherwise.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { assetsOf } from './assets.ts'
import { commandsPlugin } from './commands.ts'
import { lazyRequiresPlugin, replacePlugin } from './esbuild-plugins.ts'
import type { Arch } from './runtime.ts'
import { buildSea } from './sea.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const architectures: readonly Arch[] = ['amd64', 'arm64']

/** What @oclif/core does before every command and edgekit has no use for; bench/README.md says what it saves. */
const startup = {
  define: { 'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"' }, // The runtime is part of the executable.
  plugins: [
    lazyRequiresPlugin(/\/@oclif\/core\/lib\/.*\.js$/),
    replacePlugin('wsl-utils', 'export const isWsl = false'),
    commandsPlugin(root),
  ],
}

const { values } = parseArgs({
  options: { arch: { type: 'string', multiple: true }, directory: { type: 'string' } },
})

for (const arch of values.arch ?? architectures) {
  if (!isArch(arch)) throw new Error(`--arch ${arch}: expected ${architectures.join(' or ')}`)
  const output = join(values.directory ?? join(root, 'dist'), `edgekit-linux-${arch}`)
  await buildSea({
    entry: join(root, 'src/main.ts'),
    arch,
    output,
    assets: await assetsOf(root),
    ...startup,
  })
  process.stdout.write(`${output}\n`)
}

function isArch(name: string): name is Arch {
  return (architectures as readonly string[]).includes(name)
}
