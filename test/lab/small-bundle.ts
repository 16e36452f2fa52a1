import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TarMember } from '../../src/images/tar.ts'
import { edgekitExecutable } from './executable.ts'
import { writeFilesLayer, writeIndex, writeManifest } from './oci.ts'
import { type LabRegistry, pushImage, startRegistry } from './registry.ts'

type Architecture = 'amd64' | 'arm64'
const architectures: readonly Architecture[] = ['amd64', 'arm64']

/** The beginning of a program for an architecture, which is all that anyone looks at who does not run it. */
export function program(architecture: Architecture, size = 64): Buffer {
  const start = Buffer.alloc(size)
  start.write('\x7fELF\x02\x01\x01', 'latin1')
  start.writeUInt16LE(2, 16)
  start.writeUInt16LE(architecture === 'arm64' ? 183 : 62, 18)
  return start
}

const fileOf = (path: string, source: Buffer, mode: TarMember['mode'] = 0o755): TarMember => ({
  path,
  mode,
  size: source.length,
  source,
})

/** A registry with the least that an edge bundle is made of, for tests that build many. */
export interface SmallBundle {
  directory: string
  registry: LabRegistry
  /** The edgekit executable, with that for the other architecture beside it. */
  edgekit: string
  /** Push an image with a new layer for each architecture and one they have in common. */
  push(repository: string, tag: string, layerSize?: number): Promise<void>
  remove(): Promise<void>
}

/** A definition of it: as the default one, without the pause images. */
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
  await mkdir(join(directory, 'bin'))
  for (const architecture of architectures) {
    const name = `edgekit-linux-${architecture}`
    await copyFile(await edgekitExecutable(architecture), join(directory, 'bin', name))
  }
  return {
    directory,
    registry,
    edgekit: join(directory, 'bin', `edgekit-linux-${process.arch === 'arm64' ? 'arm64' : 'amd64'}`),
    push,
    async remove() {
      await registry.stop()
      await rm(directory, { recursive: true })
    },
  }
}
