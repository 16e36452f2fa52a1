import { randomFillSync } from 'node:crypto'
import { join } from 'node:path'
import { tarEnd, tarMember } from '../../src/images/tar.ts'
import { type Layer, writeLayer, writeManifest, writeRoot } from '../../test/lab/oci.ts'

const megabyte = 1_000_000
const perLayer = 50 * megabyte

/** An image of one platform of `size` bytes that nothing can make smaller, as packed layers are; an OCI layout. */
export async function writeRandomImage(directory: string, platform: string, size: number): Promise<string> {
  const layout = join(directory, `image-${size}`)
  const layers: Layer[] = []
  for (let written = 0; written < size; written += perLayer) {
    layers.push(await writeLayer(layout, randomTar(`file-${written}`), { level: 0 }))
  }
  await writeRoot(layout, await writeManifest(layout, platform, layers))
  return layout
}

async function* randomTar(path: string): AsyncGenerator<Buffer> {
  yield* tarMember({
    path,
    mode: 0o644,
    size: perLayer,
    async *source() {
      for (let made = 0; made < perLayer; made += megabyte) yield randomFillSync(Buffer.alloc(megabyte))
    },
  })
  yield tarEnd()
}
