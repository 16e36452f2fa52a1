import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TarMember } from '../../src/tar/write.ts'
import { writeFilesLayer, writeIndex, writeManifest } from '../registry/oci.ts'
import { type LabRegistry, pushImage, startRegistry } from '../registry/registry.ts'
import { lightEdgekit } from './light-edgekit.ts'
import { program } from './program.ts'

type Architecture = 'amd64' | 'arm64'
const architectures: readonly Architecture[] = ['amd64', 'arm64']

const fileOf = (path: string, source: Buffer, mode: TarMember['mode'] = 0o755): TarMember => ({
  path,
  mode,
  size: source.length,
  source,
})

/** A registry with the minimum for an edge bundle, for tests that build many. */
export interface SmallBundle {
  directory: string
  registry: LabRegistry
  /** The edgekit executable; its arm64 bundles carry a stand-in for edgekit. */
  edgekit: string
  /** Push an image with a new layer per architecture and a shared one. */
  push(repository: string, tag: string, layerSize?: number): Promise<void>
  remove(): Promise<void>
}

/** Its definition: the default without pause images. */
export const smallDefinition = 'extends: edge\nimages: [eclipse-mosquitto:2.0]\n'

export async function smallBundle(): Promise<SmallBundle> {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-small-'))
  const registry = await startRegistry()
  const push = async (repository: string, tag: string, layerSize = 100_000): Promise<void> => {
    const layout = await mkdtemp(join(directory, 'image-'))
    const common = await writeFilesLayer(layout, [fileOf('common', randomBytes(layerSize))])
    const manifests = await Promise.all(
      architectures.map(async architecture => {
        const programs = ['edgecore', 'keadm'].map(name =>
          fileOf(`usr/local/bin/${name}`, program(architecture)),
        )
        const own = await writeFilesLayer(layout, [...programs, fileOf('own', randomBytes(100))])
        const platform = architecture === 'arm64' ? 'linux/arm64/v8' : 'linux/amd64'
        return await writeManifest(layout, platform, [common, own])
      }),
    )
    await writeIndex(layout, manifests)
    await pushImage(registry.url, repository, tag, layout)
  }
  await push('library/eclipse-mosquitto', '2.0')
  await push('kubeedge/installation-package', 'v1.22.0')
  return {
    directory,
    registry,
    edgekit: await lightEdgekit(await mkdtemp(join(directory, 'bin-'))),
    push,
    async remove() {
      await registry.stop()
      await rm(directory, { recursive: true })
    },
  }
}
