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
import { diskNeeded } from './disk.ts'
import { executableParts } from './executable-parts.ts'
import { type Packed, pack } from './pack.ts'

/** A member of which the hash, and perhaps the gzip member too, is being made already. */
export interface PayloadMember extends TarMember {
  sha256?: Promise<string>
  /** The file that has the gzip member. */
  packed?: Promise<string>
}

export interface PackageInputs {
  /** What the bundle is; files and disk are found out here. */
  description: Omit<Manifest, 'files' | 'disk'>
  /** Everything in the bundle but its manifest, signature and SBOM, in this order. */
  payload: readonly PayloadMember[]
  /** Reference of an image -> what is installed in it. */
  packages: ReadonlyMap<string, InstalledPackages>
  /** The bundle to write; with `partSize` the name its parts have in front. */
  path: string
  /** A directory on the same file system. */
  workDirectory: string
  signingKey?: KeyObject | undefined
  /** The most bytes of one file. */
  partSize?: number | undefined
  signal: AbortSignal
}

export interface WrittenBundle extends Packed {
  manifest: Manifest
}

/** Write a bundle: bundle.json, its signature, the SBOM, the payload. Files appear under their names when all is done. */
export async function writeBundle(inputs: PackageInputs): Promise<WrittenBundle> {
  const { description, payload, path, workDirectory, signingKey, partSize, signal } = inputs
  const files: ManifestFile[] = []
  for (const member of payload) files.push(await fileOf(member))
  const sbom = textMember(sbomName, await sbomOf(inputs, files))
  const listed = [await fileOf(sbom), ...files]
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

/** What the manifest says of a member. */
async function fileOf(member: PayloadMember): Promise<ManifestFile> {
  const { path, size, mode } = member
  return { path, size, mode, sha256: await (member.sha256 ?? hashOf(contentOf(member))) }
}

function textMember(path: string, text: string): TarMember & { source: Buffer } {
  const source = Buffer.from(text)
  return { path, mode: 0o644, size: source.length, source }
}

/** The library is large, and only this needs it. */
async function sbomOf({ description, packages }: PackageInputs, files: ManifestFile[]): Promise<string> {
  const { formatSbom } = await import('./sbom.ts')
  return formatSbom({ manifest: description, files, packages, runtime: executableParts() })
}

async function signatureOf({ source }: { source: Buffer }, key: KeyObject | undefined): Promise<TarMember[]> {
  if (key === undefined) return []
  const { sign } = await import('./sign.ts')
  return [textMember(signatureName, await sign(source, key))]
}
