import type { KeyObject } from 'node:crypto'
import {
  formatManifest,
  type Manifest,
  type ManifestFile,
  manifestName,
  sbomName,
  signatureName,
} from '../../bundle/manifest.ts'
import { hashOf } from '../../lib/hash/hash-sources.ts'
import type { InstalledPackages } from '../../oci/layer/packages.ts'
import { contentOf, type TarMember } from '../../tar/write.ts'
import type { BuildOptions } from '../build-options.ts'
import { diskNeeded } from './disk.ts'
import { executableParts } from './executable-parts.ts'
import { pack } from './pack.ts'
import type { PayloadMember } from './payload-member.ts'
import type { Packed } from './publish.ts'

export interface BundleContents {
  /** What the bundle is; files and disk are added here. */
  description: Omit<Manifest, 'files' | 'disk'>
  /** Everything except manifest, signature and SBOM, in this order. */
  payload: readonly PayloadMember[]
  /** Installed packages by image reference. */
  packages: ReadonlyMap<string, InstalledPackages>
}

export interface WrittenBundle extends Packed {
  manifest: Manifest
}

/**
 * Write a bundle: bundle.json, its signature, the SBOM, the payload. It appears at `path`, or as parts whose names begin
 * with it, when all is written. `workDirectory` is on the same file system.
 */
export async function writeBundle(
  contents: BundleContents,
  { path, workDirectory }: { path: string; workDirectory: string },
  { signingKey, partSize, signal }: Pick<BuildOptions, 'signingKey' | 'partSize' | 'signal'>,
): Promise<WrittenBundle> {
  const { description, payload } = contents
  const files: ManifestFile[] = []
  for (const member of payload) files.push(await manifestFile(member))
  const sbom = textMember(sbomName, await sbomOf(contents, files))
  const listed = [await manifestFile(sbom), ...files]
  const manifest: Manifest = {
    ...description,
    disk: diskNeeded(listed, description.images),
    files: listed,
  }
  const head = textMember(manifestName, formatManifest(manifest))
  const signature = await signatureOf(head, signingKey)
  const members = [head, ...signature, sbom, ...payload]
  return { manifest, ...(await pack(members, { path, workDirectory, partSize, signal })) }
}

/** The manifest entry of a member. */
async function manifestFile(member: PayloadMember): Promise<ManifestFile> {
  const { path, size, mode } = member
  return { path, size, mode, sha256: await (member.sha256 ?? hashOf(contentOf(member))) }
}

function textMember(path: string, text: string): TarMember & { source: Buffer } {
  const source = Buffer.from(text)
  return { path, mode: 0o644, size: source.length, source }
}

/** Loads the SBOM library, which is large, only here. */
async function sbomOf({ description, packages }: BundleContents, files: ManifestFile[]): Promise<string> {
  const { formatSbom } = await import('./sbom.ts')
  return formatSbom({ manifest: description, files, packages, executable: executableParts() })
}

async function signatureOf({ source }: { source: Buffer }, key: KeyObject | undefined): Promise<TarMember[]> {
  if (key === undefined) return []
  const { sign } = await import('../sign/sign.ts')
  return [textMember(signatureName, await sign(source, key))]
}
