import { resolve } from 'node:path'
import type { Architecture } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { allOrAbort } from '../../oci/all-or-abort.ts'
import { MissingParts } from '../../oci/missing-parts.ts'
import { type ImageAccess, resolveImage } from '../../oci/sources/fetch-image.ts'
import type { FetchOptions } from '../build-options.ts'
import type { DefinedImage, Definition } from '../definition/definition.ts'
import {
  bundleFiles,
  type FileSource,
  imagesNeeded,
  localSource,
  platformOf,
  sourceLabel,
} from '../definition/inputs.ts'
import type { Lock, LockedContent, LockedImage } from '../lock/lock.ts'
import { checksumFor } from './checksums.ts'
import { download, downloadText } from './download.ts'
import { contentOf } from './local-file.ts'

interface Lookup extends FetchOptions {
  known: Lock | undefined
}

/** Resolve every tag, URL and path of a definition; what `known` has is kept. Throws EdgekitError. */
export async function makeLock(options: FetchOptions, known?: Lock): Promise<Lock> {
  const { definition, architectures } = options
  const images: Lock['images'] = {}
  const files: Lock['files'] = {}
  await allOrAbort(options.signal, signal => {
    const lookup: Lookup = { ...options, known, signal }
    return [
      ...imagesByReference(definition, architectures).map(async ({ image, platforms }) => {
        images[image.reference] = await lockImage(image, platforms, lookup)
      }),
      ...filesByName(definition, architectures).map(async source => {
        files[sourceLabel(source)] = await lockFile(source, lookup)
      }),
    ]
  })
  return { lockVersion: 1, role: definition.role, kubeedge: definition.kubeedge, images, files }
}

interface WantedImage {
  image: DefinedImage
  platforms: ReturnType<typeof platformOf>[]
}

function imagesByReference(definition: Definition, architectures: readonly Architecture[]): WantedImage[] {
  const wanted = new Map<string, WantedImage>()
  for (const arch of architectures) {
    for (const image of imagesNeeded(definition, arch)) {
      const entry = wanted.get(image.reference) ?? { image, platforms: [] }
      entry.platforms.push(platformOf(arch))
      wanted.set(image.reference, entry)
    }
  }
  return [...wanted.values()]
}

type OutsideSource = Exclude<FileSource, { kind: 'image' }>

function filesByName(definition: Definition, architectures: readonly Architecture[]): OutsideSource[] {
  const wanted = new Map<string, OutsideSource>()
  for (const arch of architectures) {
    for (const { source } of bundleFiles(definition, arch))
      if (source.kind !== 'image') wanted.set(sourceLabel(source), source)
  }
  return [...wanted.values()]
}

async function lockImage(
  image: DefinedImage,
  platforms: WantedImage['platforms'],
  { definition, images, known, signal }: Lookup,
): Promise<LockedImage> {
  const { reference } = image
  const source = localSource(image, definition)
  const locked = known?.images[reference]
  if (locked !== undefined && platforms.every(platform => locked.platforms[platform] !== undefined))
    return locked
  const resolved = await Promise.all(
    platforms.map(async platform => ({
      platform,
      ...(await resolveImage({ ...images, reference: pinned(reference, locked), source, platform, signal })),
    })),
  )
  const digests = new Set(resolved.map(({ root }) => root.digest))
  const [digest, moved] = digests
  if (moved !== undefined)
    throw new EdgekitError(
      `cannot pin ${reference}: its digest changed from ${digest} to ${moved} meanwhile`,
      {
        code: 'tag-moved',
        remedy: 'Retry: a new image was pushed just now.',
      },
    )
  return {
    digest: digest as string,
    platforms: {
      ...locked?.platforms,
      ...Object.fromEntries(resolved.map(({ platform, manifest }) => [platform, manifest.digest])),
    },
  }
}

/** A reference with the digest from the lock, which keeps its tag. */
export function pinned(reference: string, locked: LockedImage | undefined): string {
  return locked === undefined || reference.includes('@') ? reference : `${reference}@${locked.digest}`
}

async function lockFile(
  source: OutsideSource,
  { definition, known, images, signal }: Lookup,
): Promise<LockedContent> {
  const locked = known?.files[sourceLabel(source)]
  if (locked !== undefined && (source.sha256 ?? locked.sha256) === locked.sha256) return locked
  if (source.kind === 'file') {
    const content = await contentOf(resolve(definition.directory, source.path), signal)
    requireSha256(source, content.sha256)
    return content
  }
  const sha256 = source.sha256 ?? (await publishedSha256(source, images, signal))
  return await download({ url: source.url, sha256, images, signal })
}

/** Throws EdgekitError when the hash of a source is not the one in the definition. */
export function requireSha256(source: FileSource, seen: string): void {
  if (source.sha256 === undefined || source.sha256 === seen) return
  throw new EdgekitError(
    `cannot use ${sourceLabel(source)}: expected sha256 ${source.sha256}, found ${seen}`,
    {
      code: 'content-mismatch',
      remedy: 'Find out why the file differs before you change the sha256 in the definition.',
    },
  )
}

async function publishedSha256(
  source: OutsideSource & { kind: 'https' },
  { registry }: ImageAccess,
  signal: AbortSignal,
): Promise<string> {
  const { url, checksums } = source
  if (checksums === undefined) {
    throw new EdgekitError(`cannot download ${url}: the definition has no sha256 for it`, {
      code: 'invalid-definition',
      remedy: 'Add one for each architecture under sha256, or checksums with the URL of a published list.',
    })
  }
  if (registry === undefined)
    throw new MissingParts([`${url}: its sha256 is in ${checksums}, not in edgekit.lock`])
  const sha256 = checksumFor(await downloadText(checksums, signal), url)
  if (sha256 !== undefined) return sha256
  throw new EdgekitError(`cannot download ${url}: ${checksums} has no checksum for it`, {
    code: 'checksum-missing',
    remedy: 'Use a list of SHA-256 checksums that has the file under its name in the URL.',
  })
}
