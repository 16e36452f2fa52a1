import { createHash } from 'node:crypto'
import { appendFile, chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { formatManifest, parseManifest } from '../../src/bundle/manifest.ts'
import { hostArch } from '../../tools/node-runtime.ts'
import { cached } from '../cache.ts'
import { standInEdgecore } from '../edgecore/index.ts'
import { labRegistry, mirrorFlags } from '../registry/lab-registry.ts'
import { sh } from '../shell.ts'
import { bundleOnNode } from './bundle.ts'
import { edgekitExecutable } from './executable.ts'

/** How a bundle differs from the lab's usual one. */
export interface Variant {
  name: string
  /** The bundle definition. */
  definition: string
  /** Source files of its programs: name -> host path. */
  files: Record<string, string>
  /** Text appended to members, as if another edgekit had built the bundle: member -> text. */
  appended?: Record<string, string>
}

/**
 * A bundle built from its own definition, unpacked at `at` in a read-only layer for a node's disk.
 */
export async function variantLayer(
  { name, definition, files, appended = {} }: Variant,
  at: string = bundleOnNode,
): Promise<string> {
  const [edgekit, edgecore] = await Promise.all([edgekitExecutable(), standInEdgecore()])
  const inputs = [edgekit, edgecore, definition, at, ...Object.entries({ ...files, ...appended }).flat()]
  return await cached(`variant-${name}`, inputs, async output => {
    const work = join(output, 'work')
    await mkdir(work)
    await writeFile(join(work, 'my.yaml'), definition)
    for (const [file, path] of Object.entries(files)) {
      await copyFile(path, join(work, file))
      await chmod(join(work, file), 0o755)
    }
    const registry = await labRegistry(edgecore)
    try {
      const options = ['--arch', hostArch(), '-o', 'out', '--cache', 'cache', ...mirrorFlags(registry.url)]
      await execa(edgekit, ['bundle', '-f', 'my.yaml', ...options], { cwd: work })
    } finally {
      await registry.stop()
    }
    await mkdir(join(output, 'root'), { mode: 0o700 })
    await mkdir(join(output, at), { recursive: true })
    await sh`tar xzf ${work}/out/*.tar.gz -C ${join(output, at)}`
    await rm(work, { recursive: true })
    for (const [member, text] of Object.entries(appended)) await append(join(output, at), member, text)
  })
}

async function append(bundle: string, member: string, text: string): Promise<void> {
  await appendFile(join(bundle, member), text)
  const content = await readFile(join(bundle, member))
  const manifest = parseManifest(await readFile(join(bundle, 'bundle.json'), 'utf8'))
  const sha256 = createHash('sha256').update(content).digest('hex')
  const listed = manifest.files.map(file =>
    file.path === member ? { ...file, size: content.length, sha256 } : file,
  )
  await writeFile(join(bundle, 'bundle.json'), formatManifest({ ...manifest, files: listed }))
}
