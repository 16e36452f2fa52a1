import { join } from 'node:path'
import type { Architecture } from '../../bundle/manifest.ts'
import type { Platform } from '../../oci/platform.ts'
import { formatReference, parseReference } from '../../oci/reference.ts'
import type { DefinedImage, DefinedSource, Definition } from './definition.ts'
import { forArchitecture } from './variables.ts'

/** Where a file of the bundle of one architecture comes from. */
export type FileSource =
  | { kind: 'image'; reference: string; path: string; sha256?: string }
  | { kind: 'file'; path: string; sha256?: string; member?: string }
  | { kind: 'https'; url: string; sha256?: string; checksums?: string; member?: string }

/** A file of a bundle that edgekit does not generate. */
export interface BundleFile {
  /** Its path in the bundle. */
  path: string
  mode: 0o644 | 0o755
  source: FileSource
  /**
   * `program`: an ELF executable for the architecture; `programs`: an archive, every program of which goes into the
   * directory `path`.
   */
  content: 'program' | 'programs' | 'anything'
}

const runtimeParts: Record<string, Pick<BundleFile, 'path' | 'mode' | 'content'>> = {
  containerd: { path: 'runtime/bin', mode: 0o755, content: 'programs' },
  runc: { path: 'runtime/bin/runc', mode: 0o755, content: 'program' },
  cniPlugins: { path: 'runtime/cni', mode: 0o755, content: 'programs' },
}

/** The files of a bundle that edgekit does not generate, in the order of packing. */
export function bundleFiles(definition: Definition, arch: Architecture): BundleFile[] {
  const { binaries, runtime, files } = definition
  return [
    ...Object.entries(binaries).map(
      ([name, source]): BundleFile => ({
        path: `bin/${name}`,
        mode: 0o755,
        content: 'program',
        source: fileSource(source, arch),
      }),
    ),
    ...Object.entries(runtime).map(
      ([name, source]): BundleFile => ({
        ...(runtimeParts[name] as Pick<BundleFile, 'path' | 'mode' | 'content'>),
        source: fileSource(source, arch),
      }),
    ),
    ...files.map(
      ({ source, path, mode }): BundleFile => ({
        path,
        mode,
        content: 'anything',
        source: { kind: 'file', path: source },
      }),
    ),
  ]
}

/** The name of a source in messages and in edgekit.lock. */
export function sourceLabel(source: FileSource): string {
  if (source.kind === 'image') return `image:${source.reference}#${source.path}`
  return source.kind === 'file' ? source.path : source.url
}

function fileSource(defined: DefinedSource, arch: Architecture): FileSource {
  const text = forArchitecture(defined.source, arch)
  const sha256 = typeof defined.sha256 === 'string' ? defined.sha256 : defined.sha256?.[arch]
  const expected = sha256 === undefined ? {} : { sha256 }
  const member = defined.member === undefined ? {} : { member: forArchitecture(defined.member, arch) }
  if (text.startsWith('image:')) {
    const hash = text.indexOf('#')
    const reference = formatReference(parseReference(text.slice('image:'.length, hash)))
    return { kind: 'image', reference, path: text.slice(hash + 1), ...expected }
  }
  if (text.startsWith('https:')) {
    const checksums =
      defined.checksums === undefined ? {} : { checksums: forArchitecture(defined.checksums, arch) }
    return { kind: 'https', url: text, ...expected, ...checksums, ...member }
  }
  return { kind: 'file', path: text.replace(/^file:/, ''), ...expected, ...member }
}

/** Every image needed for the bundle of one architecture: those it contains, and those from which files are taken. */
export function imagesNeeded(definition: Definition, arch: Architecture): DefinedImage[] {
  const needed = new Map(definition.images.map(image => [image.reference, image]))
  for (const { source } of bundleFiles(definition, arch)) {
    if (source.kind === 'image' && !needed.has(source.reference))
      needed.set(source.reference, { reference: source.reference })
  }
  return [...needed.values()]
}

/** The source of an image; a relative path in it is resolved from the directory of the definition. */
export const localSource = ({ source }: DefinedImage, { directory }: Definition): string | undefined =>
  source?.replace(
    /^(oci|oci-archive|docker-archive):(?!\/)(.*)$/s,
    (_, kind: string, path: string) => `${kind}:${join(directory, path)}`,
  )

export const platformOf = (arch: Architecture): Platform => `linux/${arch}`
