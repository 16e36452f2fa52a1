import { copyFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Architecture } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { extractFile } from '../../oci/layer/extract-file.ts'
import type { ImageAccess } from '../../oci/sources/fetch-image.ts'
import type { PulledImage } from '../../oci/sources/pull.ts'
import type { TarMember } from '../../tar/write.ts'
import { type BundleFile, type FileSource, sourceLabel } from '../definition/inputs.ts'
import type { Lock } from '../lock/lock.ts'
import { digestOfSha256, download } from './download.ts'
import { requireProgramFile } from './elf.ts'
import { extractMember } from './extract-member.ts'
import { extractPrograms } from './extract-programs.ts'
import { contentOf } from './local-file.ts'
import { requireSha256 } from './make-lock.ts'

export interface TakeOptions {
  arch: Architecture
  /** Directory of the definition. */
  directory: string
  lock: Lock
  images: ImageAccess
  imageOf: (reference: string) => PulledImage
  /** Where to put the file. */
  destination: string
  signal: AbortSignal
}

/** Get one file of the bundle from where the definition says, check it, and give the members it becomes. */
export async function takeFile(file: BundleFile, options: TakeOptions): Promise<TarMember[]> {
  const { arch, destination } = options
  const { path, mode } = file
  await fetchFile(file.source, options)
  const name = `${path} (from ${sourceLabel(file.source)})`
  const member = async (path: string, source: string): Promise<TarMember> => ({
    path,
    mode,
    size: (await stat(source)).size,
    source,
  })
  if (file.content === 'programs') {
    const programs = await extractPrograms(destination, arch, name, `${destination}-programs`)
    return await Promise.all(programs.map(program => member(join(path, basename(program)), program)))
  }
  if (file.content === 'program') await requireProgramFile(destination, arch, name)
  return [await member(path, destination)]
}

async function fetchFile(source: FileSource, options: TakeOptions): Promise<void> {
  const { destination, images, imageOf } = options
  if (source.kind === 'image') {
    const { sha256 } = await extractFile(imageOf(source.reference), images.store, source.path, destination)
    return requireSha256(source, sha256)
  }
  const whole = source.kind === 'https' ? await downloaded(source, options) : await local(source, options)
  if (source.member === undefined) await copyFile(whole, destination)
  else await extractMember(whole, source.member, destination, sourceLabel(source))
}

/** Another build may have pruned the cache since it was locked; then it is fetched again. */
async function downloaded(
  { url }: FileSource & { kind: 'https' },
  { lock, images, signal }: TakeOptions,
): Promise<string> {
  const { sha256 } = await download({ url, ...(lock.files[url] as Lock['files'][string]), images, signal })
  return images.store.path(digestOfSha256(sha256))
}

async function local(
  { path }: FileSource & { kind: 'file' },
  { lock, directory, signal }: TakeOptions,
): Promise<string> {
  const file = resolve(directory, path)
  const locked = lock.files[path] as Lock['files'][string]
  const { sha256 } = await contentOf(file, signal)
  if (sha256 === locked.sha256) return file
  throw new EdgekitError(`${path} has changed: the lock expects sha256 ${locked.sha256}, found ${sha256}`, {
    code: 'content-mismatch',
    remedy: 'When the change is meant, run edgekit lock.',
  })
}
