// npm run build:sea [-- --arch amd64] [--directory DIR]: build the executables into DIR (default dist/).
import { randomUUID } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { edgekit } from './edgekit.ts'
import { executablePartsAsset } from './executable-parts.ts'
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
  const parts = await buildSea({ ...edgekit, arch, output })
  // readAsset finds the list here in a checkout, as it does inside the executable.
  const list = fileURLToPath(new URL(`../${executablePartsAsset}`, import.meta.url))
  const unfinished = `${list}.${randomUUID()}`
  await mkdir(dirname(list), { recursive: true })
  await writeFile(unfinished, JSON.stringify(parts))
  await rename(unfinished, list)
  process.stdout.write(`${output}\n`)
}
