// npm run build:sea [-- --arch amd64] [--directory DIR]: build the executables into DIR (default dist/).
import { randomUUID } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { edgekit } from './edgekit.ts'
import type { Arch } from './node-runtime.ts'
import { buildSea } from './sea.ts'

const architectures: readonly Arch[] = ['amd64', 'arm64']
const isArch = (name: string): name is Arch => (architectures as readonly string[]).includes(name)

const { values } = parseArgs({
  options: {
    arch: { type: 'string', multiple: true, default: [...architectures] },
    directory: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
  },
})

for (const arch of values.arch) {
  if (!isArch(arch)) throw new Error(`--arch ${arch}: expected ${architectures.join(' or ')}`)
  const output = join(values.directory, `edgekit-linux-${arch}`)
  // readAsset finds them here in a checkout, as it does inside the executable.
  for (const [asset, record] of Object.entries(await buildSea({ ...edgekit, arch, output }))) {
    const path = fileURLToPath(new URL(`../${asset}`, import.meta.url))
    const unfinished = `${path}.${randomUUID()}`
    await mkdir(dirname(path), { recursive: true })
    await writeFile(unfinished, JSON.stringify(record))
    await rename(unfinished, path)
  }
  process.stdout.write(`${output}\n`)
}
