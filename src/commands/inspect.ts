import { Args, Flags } from '@oclif/core'
import { type Inspection, inspectBundle, readSbom } from '../bundle/inspect.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { formatBytes } from '../lib/format.ts'

function summary({ manifest, isSigned, packedSize, parts }: Inspection): string {
  const { name, kubeedgeVersion, arch, edgekitVersion, images, files, disk, lockDigest } = manifest
  const packed = packedSize === undefined ? 'unpacked' : formatBytes(packedSize)
  return [
    `${name} ${kubeedgeVersion} ${arch}, made by edgekit ${edgekitVersion}`,
    `  size    ${packed}${parts > 1 ? ` in ${parts} parts` : ''}`,
    `  signed  ${isSigned ? 'yes (edgekit verify --key PUB checks it)' : 'no'}`,
    `  disk    ${formatBytes(disk)} needed on the node`,
    `  files   ${files.length}`,
    ...(lockDigest === undefined ? [] : [`  lock    ${lockDigest}`]),
    `  images  ${images.length}`,
    ...images.map(({ reference }) => `          ${reference}`),
  ].join('\n')
}

function imageLines({ manifest }: Inspection): string {
  return manifest.images
    .flatMap(({ reference, digest, configDigest, platform, layers, unpackedSize, archive }) => [
      reference,
      `  digest    ${digest}`,
      `  config    ${configDigest}`,
      `  platform  ${platform}`,
      `  archive   ${archive}`,
      `  unpacked  ${formatBytes(unpackedSize)}`,
      ...layers.map(layer => `  layer     ${layer.digest} ${formatBytes(layer.size)}`),
    ])
    .join('\n')
}

const fileLines = ({ manifest }: Inspection): string =>
  manifest.files
    .map(
      ({ path, size, mode, sha256 }) =>
        `${sha256}  ${mode.toString(8)}  ${String(size).padStart(11)}  ${path}`,
    )
    .join('\n')

export default class Inspect extends EdgekitCommand {
  static override summary = 'Show what is in a bundle, without unpacking it'
  static override description =
    'Reads the beginning of a packed bundle, however large it is; it does not check the rest (edgekit verify does).'
  static override examples = [
    'edgekit inspect kubeedge-edge-v1.22.0-amd64.tar.gz',
    'edgekit inspect kubeedge-edge-v1.22.0-amd64.tar.gz --sbom >sbom.cdx.json',
  ]
  static override args = {
    bundle: Args.string({
      required: true,
      description: 'a .tar.gz, one of its parts, or the directory it was unpacked into',
    }),
  }
  static override flags = {
    images: Flags.boolean({
      exclusive: ['files', 'sbom'],
      description: 'every image, its digests and layers',
    }),
    files: Flags.boolean({
      exclusive: ['images', 'sbom'],
      description: 'every file: sha256, mode, bytes, path',
    }),
    sbom: Flags.boolean({ exclusive: ['images', 'files'], description: 'the SBOM, CycloneDX in JSON' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Inspect)
    if (flags.sbom) {
      const sbom = await readSbom(args.bundle)
      this.say(sbom.trimEnd())
      return JSON.parse(sbom)
    }
    const inspection = await inspectBundle(args.bundle)
    if (flags.images) this.say(imageLines(inspection))
    else if (flags.files) this.say(fileLines(inspection))
    else this.say(summary(inspection))
    const { manifest, isSigned, packedSize, parts } = inspection
    if (flags.images) return manifest.images
    if (flags.files) return manifest.files
    return { ...manifest, isSigned, packedSize, parts }
  }
}
