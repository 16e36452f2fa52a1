import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commandsPlugin } from './commands.ts'
import { editPlugin, lazyBuiltinPlugin, lazyRequiresPlugin, replacePlugin } from './esbuild-plugins.ts'
import type { SeaOptions } from './sea.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** How the executable of edgekit is made of this checkout. */
export const edgekit = {
  entry: join(root, 'src/main.ts'),
  assets: await assets(),
  threads: { 'src/lib/hash/hash-worker.js': join(root, 'src/lib/hash/hash-worker.ts') },
  define: {
    // @oclif/core would compare versions, but its runtime is part of the executable.
    'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"',
  },
  execArgv: [
    // Of objects that die young Node.js would keep up to 48 MB: 40 MB less at the peak of making a bundle, at no cost in
    // time. With 1 MB in the place of 2 an install would collect garbage twice as often.
    '--min-semi-space-size=2',
    '--max-semi-space-size=2',
    // Each thread of V8 has memory of its own, and there is nothing for four of them to do.
    '--v8-pool-size=1',
  ],
  plugins: [
    commandsPlugin(root),
    // @oclif/core loads its plugin finder, its parser and much else before every command. bench/README.md has figures.
    lazyRequiresPlugin(/\/@oclif\/core\/lib\/.*\.js$/),
    // Nearly every file can hash and reads files, few runs do: 4 and 2 ms of 30 that a command takes.
    lazyBuiltinPlugin('node:crypto'),
    lazyBuiltinPlugin('node:fs/promises'),
    // @cyclonedx/cyclonedx-library tries these for XML and for validation, and does without.
    ...['ajv', 'ajv-formats', 'ajv-formats-draft2019', 'libxmljs2', 'xmlbuilder2'].map(name =>
      replacePlugin(name, 'throw new Error("not carried")'),
    ),
    // packageurl-js puts words of its own in order by the rules of a language, which takes 10 ms and 6 MB.
    editPlugin(
      /packageurl-js\/src\/strings\.js$/,
      'const { compare: localeCompare } = new Intl.Collator()',
      'const localeCompare = (a, b) => (a < b ? -1 : 1)',
    ),
    // mqtt brings streams of its own for browsers, and a client for SOCKS: 70 ms of the doctor's run.
    replacePlugin('readable-stream', "module.exports = require('node:stream')"),
    replacePlugin('socks', 'export const SocksClient = undefined'),
    replacePlugin('wsl-utils', 'export const isWsl = false'),
  ],
} satisfies Partial<SeaOptions>

/** The files the product reads with readAsset: name -> path. */
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
