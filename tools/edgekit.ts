import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commandsPlugin } from './commands.ts'
import { lazyRequiresPlugin, replacePlugin } from './esbuild-plugins.ts'
import type { SeaOptions } from './sea.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** How to build the edgekit executable from this checkout. */
export const edgekit = {
  entry: join(root, 'src/main.ts'),
  assets: await assets(),
  threads: {
    'src/lib/hash/hash-worker.js': join(root, 'src/lib/hash/hash-worker.ts'),
    'src/broker-bench/load/load-worker.js': join(root, 'src/broker-bench/load/load-worker.ts'),
  },
  define: {
    // @oclif/core would check the version of Node.js, which is part of the executable.
    'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"',
  },
  execArgv: [
    // The default young generation of 48 MB adds 40 MB to the peak memory of a build and saves no time. With 1 MB instead
    // of 2, an install collects garbage twice as often.
    '--min-semi-space-size=2',
    '--max-semi-space-size=2',
    // Each of V8's four threads uses memory of its own and has nothing to do.
    '--v8-pool-size=1',
  ],
  plugins: [
    commandsPlugin(root),
    // @oclif/core loads all of its modules before every command: without this, --version takes 1.5 times as long.
    lazyRequiresPlugin(/\/@oclif\/core\/lib\/.*\.js$/),
    // Optional dependencies of @cyclonedx/cyclonedx-library for XML and validation.
    ...['ajv', 'ajv-formats', 'ajv-formats-draft2019', 'libxmljs2', 'xmlbuilder2'].map(name =>
      replacePlugin(name, 'throw new Error("not bundled")'),
    ),
    // mqtt bundles streams for browsers and a SOCKS client, which cost 70 ms of a doctor run.
    replacePlugin('readable-stream', "module.exports = require('node:stream')"),
    replacePlugin('socks', 'export const SocksClient = undefined'),
    replacePlugin('wsl-utils', 'export const isWsl = false'),
  ],
} satisfies Partial<SeaOptions>

/** Files that edgekit reads with readAsset: name -> path. */
async function assets(): Promise<Record<string, string>> {
  const found: Record<string, string> = { 'package.json': join(root, 'package.json') }
  for await (const entry of glob(['templates/**/*', 'bundles/*.yaml', 'docs/checks.md'], {
    cwd: root,
    withFileTypes: true,
  })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    found[path.slice(root.length)] = path
  }
  return found
}
