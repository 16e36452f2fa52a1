import { createHash } from 'node:crypto'
import { basename } from 'node:path/posix'
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import { PackageURL } from 'packageurl-js'
import type { Manifest, ManifestFile, ManifestImage } from '../../bundle/manifest.ts'
import type { InstalledPackage, InstalledPackages } from '../../oci/layer/packages.ts'
import { parseReference } from '../../oci/reference.ts'
import type { ExecutableParts } from './executable-parts.ts'

interface Inputs {
  manifest: Pick<Manifest, 'name' | 'kubeedgeVersion' | 'arch' | 'edgekitVersion' | 'images'>
  files: readonly ManifestFile[]
  /** Installed packages by image reference. */
  packages: ReadonlyMap<string, InstalledPackages>
  executable: ExecutableParts
}

const { Component, HashDictionary } = Models

/**
 * The CycloneDX document of a bundle: images by digest, with their packages; programs by hash; the components of edgekit.
 * The same inputs give the same bytes: it has no time stamp, and its serial number is derived from its content.
 * https://cyclonedx.org/docs/1.6/json/
 */
export function formatSbom({ manifest, files, packages, executable }: Inputs): string {
  const { name, kubeedgeVersion, arch, edgekitVersion, images } = manifest
  const versionOf = ({ path }: ManifestFile): string | undefined =>
    /^bin\/\w+-broker$/.test(path) ? edgekitVersion : path.startsWith('bin/') ? kubeedgeVersion : undefined
  const bom = new Models.Bom()
  const bundle = new Component(Enums.ComponentType.Application, name, {
    version: kubeedgeVersion,
    bomRef: `${name}@${kubeedgeVersion}-${arch}`,
  })
  bom.metadata.component = bundle
  const parts = [
    ...images.map(image => imageComponent(image, packages.get(image.reference))),
    ...files
      .filter(({ path }) => path.startsWith('bin/') || path.startsWith('runtime/'))
      .map(file =>
        file.path === 'bin/edgekit'
          ? edgekitComponent(file, edgekitVersion, executable)
          : programComponent(file, versionOf(file)),
      ),
  ]
  for (const part of parts) {
    bom.components.add(part)
    bundle.dependencies.add(part.bomRef)
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6))
  // Unsorted, because the library would sort by the locale of this machine.
  const options = { sortLists: false, space: 1 }
  bom.serialNumber = `urn:uuid:${uuidOf(serializer.serialize(bom, options))}`
  return `${serializer.serialize(bom, options)}\n`
}

function imageComponent(image: ManifestImage, installed: InstalledPackages | undefined) {
  const { registry, repository, tag } = parseReference(image.reference)
  const name = repository.slice(repository.lastIndexOf('/') + 1)
  const qualifiers = {
    repository_url: `${registry}/${repository}`,
    arch: image.platform.split('/')[1] ?? '',
    ...(tag !== undefined && { tag }),
  }
  const component = new Component(Enums.ComponentType.Container, `${registry}/${repository}`, {
    version: tag ?? image.digest,
    bomRef: image.reference,
    hashes: sha256(image.digest.slice('sha256:'.length)),
    purl: new PackageURL('oci', undefined, name, image.digest, qualifiers, undefined).toString(),
  })
  const { distribution, packages = [] } = installed ?? {}
  if (distribution !== undefined) {
    const system = new Component(Enums.ComponentType.OperatingSystem, distribution.id, {
      version: distribution.version,
      bomRef: `${image.reference}#${distribution.id}`,
    })
    component.components.add(system)
  }
  for (const found of packages) {
    const purl = packageUrl(found, distribution)
    component.components.add(
      new Component(Enums.ComponentType.Library, found.name, {
        version: found.version,
        bomRef: `${image.reference}#${purl}`,
        purl,
      }),
    )
  }
  return component
}

/** The namespace of apk and deb packages is the distribution: https://github.com/package-url/purl-spec */
function packageUrl(
  { type, name, version, architecture }: InstalledPackage,
  distribution: InstalledPackages['distribution'],
): string {
  const namespace = distribution?.id ?? (type === 'apk' ? 'alpine' : 'debian')
  const qualifiers = {
    ...(architecture && { arch: architecture }),
    ...(distribution?.version && { distro: `${distribution.id}-${distribution.version}` }),
  }
  return new PackageURL(type, namespace, name, version, qualifiers, undefined).toString()
}

/** The version is not known for the programs of a container runtime. */
const programComponent = ({ path, sha256: hash }: ManifestFile, version: string | undefined) =>
  new Component(Enums.ComponentType.Application, basename(path), {
    ...(version !== undefined && { version }),
    bomRef: path,
    hashes: sha256(hash),
  })

function edgekitComponent(file: ManifestFile, version: string, { node, packages }: ExecutableParts) {
  const component = programComponent(file, version)
  component.components.add(
    new Component(Enums.ComponentType.Platform, 'node', {
      version: node,
      bomRef: `${file.path}#node`,
      purl: new PackageURL('generic', undefined, 'node', node, undefined, undefined).toString(),
    }),
  )
  for (const { name, version, license } of packages) {
    const [scope, short] = name.startsWith('@') ? name.split('/') : [undefined, name]
    const purl = new PackageURL('npm', scope, short ?? name, version, undefined, undefined).toString()
    const licenses = new Models.LicenseRepository(license ? [new Models.LicenseExpression(license)] : [])
    component.components.add(
      new Component(Enums.ComponentType.Library, name, {
        version,
        bomRef: `${file.path}#${purl}`,
        purl,
        licenses,
      }),
    )
  }
  return component
}

const sha256 = (hash: string) => new HashDictionary([[Enums.HashAlgorithm['SHA-256'], hash]])

/** A UUID derived from a hash: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8 */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
