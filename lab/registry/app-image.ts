import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { type Layer, writeFilesLayer, writeIndex, writeManifest } from './oci.ts'

export interface AppImage {
  /** Directory in the OCI image layout. */
  layout: string
  /** Layers of linux/amd64, lowest first. */
  layers: Layer[]
}

/** A small image of random bytes for amd64 and arm64, with layers of these `sizes`. */
export async function writeAppImage(
  layout: string,
  sizes: readonly number[] = [200_000, 10],
): Promise<AppImage> {
  await mkdir(layout, { recursive: true })
  const layersOf = (): Promise<Layer[]> =>
    Promise.all(
      sizes.map(size =>
        writeFilesLayer(layout, [{ path: 'data', mode: 0o644, size, source: randomBytes(size) }]),
      ),
    )
  const layers = await layersOf()
  await writeIndex(layout, [
    await writeManifest(layout, 'linux/amd64', layers),
    await writeManifest(layout, 'linux/arm64/v8', await layersOf()),
  ])
  return { layout, layers }
}
