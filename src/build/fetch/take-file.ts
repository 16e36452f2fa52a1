import { copyFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { EdgekitError } from '../../lib/errors.ts'
import { extractFile } from '../../oci/layer/extract-file.ts'
import type { TarMember } from '../../tar/write.ts'
import type { FetchOptions } from '../build-options.ts'
import type { BundleParts } from '../bundle-parts.ts'
import { type BundleFile, type FileSource, sourceLabel } from '../definition/inputs.ts'
import type { LockedContent } from '../lock/lock.ts'
import { digestOfSha256, download } from './download.ts'
import { requireProgramFile } from './elf.ts'
import { extractMember } from './extract-member.ts'
import { extractPrograms } from './extract-programs.ts'
import { contentOf } from './local-file.ts'
import { requireSha256 } from './make-lock.ts'

type Options = Pick<FetchOptions, 'definition' | 'images' | 'signal'>
type Parts = Pick<BundleParts, 'arch' | 'lock' | 'imageOf'>

/**
 * Fetch one file of a bundle to `destination`, verify it, and return the members it becomes: one, or each program of an
 * archive. Throws EdgekitError.
 */
export async function takeFile(
  { path, mode, source, content }: BundleFile,
  destination: string,
  options: Options,
  parts: Parts,
): Promise<TarMember[]> {
  const { arch } = parts
  await fetchTo(destination, source, options, parts)
  const name = `${path} (from ${sourceLabel(source)})`
  const member = async (path: string, source: string): Promise<TarMember> => ({
    path,
    mode,
    size: (await stat(source)).size,
    source,
  })
  if (content === 'programs') {
    const programs = await extractPrograms(destination, arch, name, `${destination}-programs`)
    return await Promise.all(programs.map(program => member(join(path, basename(program)), program)))
  }
  if (content === 'program') await requireProgramFile(destination, arch, name)
  return [await member(path, destination)]
}

async function fetchTo(
  destination: string,
  source: FileSource,
  options: Options,
  { lock, imageOf }: Parts,
): Promise<void> {
  if (source.kind === 'image') {
    const image = imageOf(source.reference)
    const { sha256 } = await extractFile(image, options.images.store, source.path, destination)
    return requireSha256(source, sha256)
  }
  const label = sourceLabel(source)
  const locked = lock.files[label] as LockedContent
  const whole =
    source.kind === 'https'
      ? await downloaded(source.url, locked, options)
      : await local(source.path, locked, options)
  if (source.member === undefined) await copyFile(whole, destination)
  else await extractMember(whole, source.member, destination, label)
}

/** Downloads again what another build has pruned from the cache since it was locked. */
async function downloaded(url: string, locked: LockedContent, { images, signal }: Options): Promise<string> {
  const { sha256 } = await download({ url, ...locked, images, signal })
  return images.store.path(digestOfSha256(sha256))
}

async function local(path: string, locked: LockedContent, { definition, signal }: Options): Promise<string> {
  const file = resolve(definition.directory, path)
  const { sha256 } = await contentOf(file, signal)
  if (sha256 === locked.sha256) return file
  throw new EdgekitError(
    `cannot use ${path}: expected sha256 ${locked.sha256} from edgekit.lock, found ${sha256}`,
    {
      code: 'content-mismatch',
      remedy: 'If the change is intended, update the lock:\n  edgekit lock',
    },
  )
}
