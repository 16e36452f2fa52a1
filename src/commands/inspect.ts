import { Args, Flags } from '@oclif/core'
import type { Bundle, Head } from '../bundle/bundle.ts'
import { locateBundle } from '../bundle/locate.ts'
import { sbomName } from '../bundle/manifest.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { EdgekitError } from '../lib/errors.ts'
import { formatBytes } from '../lib/format.ts'
import { localFiles } from '../node/files.ts'
import type { InspectOutput } from '../ui/json/inspect.ts'

function summary({ manifest, signature }: Head, packedSizes: readonly number[]): string {
  const { name, kubeedgeVersion, arch, edgekitVersion, images, files, disk, lockDigest } = manifest
  const size = packedSizes.length === 0 ? 'unpacked' : formatBytes(sumOf(packedSizes))
  return [
    `${name} ${kubeedgeVersion} ${arch}, built by edgekit ${edgekitVersion}`,
    `  size    ${size}${packedSizes.length > 1 ? ` in ${packedSizes.length} parts` : ''}`,
    `  signed  ${signature === undefined ? 'no' : 'yes (check with: edgekit verify --key PUB)'}`,
    `  disk    ${formatBytes(disk)} needed on the node`,
    `  files   ${files.length}`,
    `  lock    ${lockDigest.replace(/^sha256:/, '')}`,
    `  images  ${images.length}`,
    ...images.map(({ reference }) => `          ${reference}`),
  ].join('\n')
}

const sumOf = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0)

function imageLines({ manifest }: Head): string {
  return manifest.images
    .flatMap(({ reference, digest, configDigest, platform, layers, unpackedSize, archive }) => [
      reference,
      `  platform  ${platform}`,
      `  archive   ${archive}`,
      `  unpacked  ${formatBytes(unpackedSize)}`,
      `  digest ${digest}`,
      `  config ${configDigest}`,
      ...layers.flatMap(({ digest, size }) => [`  layer, ${formatBytes(size)}`, `    ${digest}`]),
    ])
    .join('\n')
}

const fileLines = ({ manifest }: Head): string =>
  manifest.files
    .flatMap(({ path, size, mode, sha256 }) => [
      `${mode.toString(8)}  ${String(size).padStart(11)}  ${path}`,
      `    ${sha256}`,
    ])
    .join('\n')

export default class Inspect extends EdgekitCommand {
  static override summary = 'Show what is in a bundle, without unpacking it'
  static override description =
    'Reads the beginning of a packed bundle, however large it is. To verify the rest, use edgekit verify.'
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
      description: 'show each image with its digests and layers',
    }),
    files: Flags.boolean({
      exclusive: ['images', 'sbom'],
      description: 'show each file: mode, bytes, path, and sha256',
    }),
    sbom: Flags.boolean({
      exclusive: ['images', 'files'],
      description: 'print the SBOM (CycloneDX, JSON)',
    }),
  }

  async run(): Promise<InspectOutput | object> {
    const { args, flags } = await this.parse(Inspect)
    const bundle = locateBundle(args.bundle, localFiles())
    if (flags.sbom) {
      const sbom = await requireSbom(bundle)
      this.say(sbom.trimEnd())
      return JSON.parse(sbom)
    }
    const head = await bundle.head()
    const packedSizes = bundle.packed?.files.map(({ size }) => size) ?? []
    if (flags.images) this.say(imageLines(head))
    else if (flags.files) this.say(fileLines(head))
    else this.say(summary(head, packedSizes))
    return output(head, packedSizes, flags)
  }
}

function output(
  { manifest, signature }: Head,
  packedSizes: readonly number[],
  { images, files }: { images: boolean; files: boolean },
): InspectOutput {
  if (images) return { schemaVersion: 1, images: manifest.images }
  if (files) return { schemaVersion: 1, files: manifest.files }
  return {
    ...manifest,
    isSigned: signature !== undefined,
    ...(packedSizes.length > 0 && { packedSize: sumOf(packedSizes) }),
    parts: Math.max(1, packedSizes.length),
  }
}

async function requireSbom(bundle: Bundle): Promise<string> {
  const sbom = await bundle.text(sbomName)
  if (sbom !== undefined) return sbom
  throw new EdgekitError(`${bundle.name} has no SBOM`, { code: 'bundle-damaged' })
}
