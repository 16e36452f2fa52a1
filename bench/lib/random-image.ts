import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Layer, tarOf, writeLayer, writeManifest, writeRoot } from '../../lab/registry/oci.ts'
import type { TarMember } from '../../src/tar/write.ts'

const megabyte = 1_000_000
const perLayer = 50 * megabyte

/** An image of one platform of `size` bytes that nothing can make smaller, as packed layers are; an OCI layout. */
export async function writeRandomImage(directory: string, platform: string, size: number): Promise<string> {
  const layout = join(directory, `image-${size}`)
  const layers: Layer[] = []
  for (let written = 0; written < size; written += perLayer) {
    layers.push(await writeLayer(layout, tarOf([randomFile(`file-${written}`)]), { level: 0 }))
  }
  await writeRoot(layout, await writeManifest(layout, platform, layers))
  return layout
}

const randomFile = (path: string): TarMember => ({
  path,
  mode: 0o644,
  size: perLayer,
  source: Array.from({ length: perLayer / megabyte }, () => randomBytes(megabyte)),
})
