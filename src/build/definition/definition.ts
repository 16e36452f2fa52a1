import type { Architecture } from '../../bundle/manifest.ts'
import { messageOf } from '../../lib/errors.ts'
import { excerpt } from '../../lib/format.ts'
import { formatReference, parseReference } from '../../oci/reference.ts'
import { mirrorProblem } from '../../oci/registry/mirrors.ts'
import { locate, problemsOf, type ValueProblem } from '../../yaml/problems.ts'
import { type DefinitionChain, readWithBases } from './definition-chain.ts'
import { definitionError } from './definition-error.ts'
import { definitionSchema, type WrittenDefinition, type WrittenSource } from './schema.ts'
import { fillIn } from './variables.ts'

/** An image of a bundle. */
export interface DefinedImage {
  /** The full reference, as in containerd on the node. */
  reference: string
  /** What to use instead of its registry (`oci:DIR`, `oci-archive:FILE` and so on), as written. */
  source?: string
}

/** Where a file of a bundle comes from; `source` can contain `${arch}`. */
export interface DefinedSource {
  source: string
  sha256?: string | Partial<Record<Architecture, string>>
  checksums?: string
  member?: string
}

/** The contents of a bundle: valid, merged with what it extends, image references in full. */
export interface Definition {
  /** Its file, for messages. */
  file: string
  /** Relative paths start here. */
  directory: string
  /** Its own directory, and those of what it extends. */
  directories: readonly string[]
  role: WrittenDefinition['role']
  kubeedge: string
  architectures: Architecture[]
  broker: string
  /** Seconds between two saves of the broker. */
  autosaveInterval?: number
  images: DefinedImage[]
  binaries: Record<string, DefinedSource>
  runtime: Record<string, DefinedSource>
  files: { source: string; path: string; mode: 0o644 | 0o755 }[]
  /** URLs by registry host. */
  mirrors: Record<string, string>
}

/** Programs that a bundle of each role requires. */
const neededBinaries: Record<Definition['role'], readonly ('edgecore' | 'keadm')[]> = {
  edge: ['edgecore', 'keadm'],
  cloud: ['keadm'],
}

/**
 * Read a bundle definition, a default one by its role or a file, and what it extends. Throws EdgekitError that lists every
 * problem with file, line and column, what was found and what is allowed.
 */
export async function readDefinition(from: { role: string } | { path: string }): Promise<Definition> {
  const layers = await readWithBases(from)
  const [{ file } = { file: '' }] = layers.sources
  const fail = (problems: ValueProblem[]): never => {
    throw definitionError(file, locate(problems, layers.sources))
  }
  const filled = fillIn(layers.value)
  const { value } = filled
  const problems = [...otherRole(layers), ...filled.problems]
  const result = definitionSchema.safeParse(value)
  if (!result.success) return fail([...problems, ...problemsOf(result.error.issues, value, definitionSchema)])
  if (problems.length > 0) return fail(problems)
  const definition = completed(result.data, layers, file)
  const wrong = [
    ...missingBinaries(definition),
    ...missingRunc(definition),
    ...wrongImages(definition),
    ...wrongMirrors(definition),
    ...unpinned(result.data),
  ]
  return wrong.length > 0 ? fail(wrong) : definition
}

function completed(
  written: WrittenDefinition,
  { directory, directories }: DefinitionChain,
  file: string,
): Definition {
  const {
    role,
    kubeedge,
    architectures,
    broker,
    autosaveInterval,
    images,
    binaries,
    runtime,
    files = [],
    mirrors = {},
  } = written
  return {
    file,
    directory,
    directories,
    role,
    kubeedge,
    architectures: [...new Set(architectures)].toSorted(),
    broker: inFull(broker),
    ...(autosaveInterval !== undefined && { autosaveInterval }),
    images: once(images.map(inFullImage)),
    binaries: sources(binaries),
    runtime: sources(runtime ?? {}),
    files: files.map(({ source, path, mode }) => ({ source, path, mode: mode === '0755' ? 0o755 : 0o644 })),
    mirrors,
  }
}

const inFull = (reference: string): string => formatReference(parseReference(reference))

const inFullImage = (image: WrittenDefinition['images'][number]): DefinedImage =>
  typeof image === 'string'
    ? { reference: inFull(image) }
    : { reference: inFull(image.reference), source: image.source }

/** Drops an image that is listed twice, for example in short and in full. */
const once = (images: readonly DefinedImage[]): DefinedImage[] => [
  ...new Map(images.map(image => [image.reference, image])).values(),
]

function sources(written: Record<string, WrittenSource | undefined>): Record<string, DefinedSource> {
  const entries = Object.entries(written).filter(entry => entry[1] !== undefined) as [string, WrittenSource][]
  return Object.fromEntries(
    entries.map(([name, source]) => [
      name,
      (typeof source === 'string' ? { source } : source) as DefinedSource,
    ]),
  )
}

/** What the base brings is for its own role, so the result would be neither. */
function otherRole({ sources }: DefinitionChain): ValueProblem[] {
  const roles = sources.flatMap(({ value }) => roleIn(value))
  const [role, base] = [roles[0], roles.at(-1)]
  if (role === base) return []
  return [{ path: ['role'], message: `role: ${role} cannot extend a definition with the role ${base}` }]
}

const roleIn = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && 'role' in value && typeof value.role === 'string'
    ? [excerpt(value.role)]
    : []

function missingBinaries({ role, binaries }: Definition): ValueProblem[] {
  return neededBinaries[role]
    .filter(name => binaries[name] === undefined)
    .map(name => ({ path: ['binaries'], message: `binaries.${name} is missing; ${role} bundles require it` }))
}

const missingRunc = ({ runtime }: Definition): ValueProblem[] =>
  runtime['containerd'] && !runtime['runc']
    ? [{ path: ['runtime'], message: 'runtime.runc is missing; containerd requires it' }]
    : []

function wrongImages({ broker, images, files }: Definition): ValueProblem[] {
  const references = images.map(({ reference }) => reference)
  const paths = files.map(({ path }) => path)
  const sameFile = paths.flatMap((path, index) =>
    paths.indexOf(path) === index
      ? []
      : [{ path: ['files', index, 'path'], message: `two files have the path ${path}` }],
  )
  if (references.includes(broker)) return sameFile
  return [
    ...sameFile,
    { path: ['broker'], message: `the broker ${broker} is missing in images; add it there` },
  ]
}

function wrongMirrors({ mirrors }: Definition): ValueProblem[] {
  return Object.entries(mirrors).flatMap(([host, url]) => {
    const problem = mirrorProblem(host, url)
    return problem === undefined
      ? []
      : [{ path: ['mirrors', host], message: `mirrors.${host}: ${problem.reason}` }]
  })
}

/** Downloads must be pinned in advance, not trusted as served today. */
function unpinned(written: WrittenDefinition): ValueProblem[] {
  return (['binaries', 'runtime'] as const).flatMap(part =>
    Object.entries(written[part] ?? {}).flatMap(([name, source]) => {
      const path = [part, name]
      if (source === undefined) return []
      const { source: text, ...more } = typeof source === 'string' ? { source } : source
      const fromImage = text.startsWith('image:')
      const overNetwork = text.startsWith('https:')
      const pinned = 'sha256' in more || 'checksums' in more
      if (overNetwork && !pinned)
        return [
          {
            path,
            message: `${part}.${name}: ${text} requires sha256, or checksums with the URL of a published list`,
          },
        ]
      if (!overNetwork && 'checksums' in more)
        return [
          {
            path: [...path, 'checksums'],
            message: `${part}.${name}: checksums requires an https: source, found ${text}`,
          },
        ]
      if (fromImage && 'member' in more)
        return [
          {
            path: [...path, 'member'],
            message: `${part}.${name}: member requires an archive, found ${text}`,
          },
        ]
      if (fromImage) return imageProblem(text, path)
      return []
    }),
  )
}

function imageProblem(text: string, path: readonly string[]): ValueProblem[] {
  try {
    parseReference(text.slice('image:'.length, text.indexOf('#')).replaceAll(/\$\{arch\}/g, 'amd64'))
    return []
  } catch (error) {
    return [{ path, message: messageOf(error) }]
  }
}
