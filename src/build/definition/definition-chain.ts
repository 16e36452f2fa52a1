import { dirname, join, resolve } from 'node:path'
import { readAsset } from '../../lib/assets.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { readInput } from '../../lib/files/read-input.ts'
import { excerpt } from '../../lib/format.ts'
import { readYaml, type YamlSource } from '../../yaml/source.ts'
import { definitionError } from './definition-error.ts'
import { rebasePaths } from './rebase-paths.ts'

const maxDefinitionBytes = 1_000_000

/** The definitions that come with edgekit, in bundles/. */
export const defaultDefinitions: readonly string[] = ['edge', 'cloud']

/** A definition and those it extends, each from a file of its own; the first takes precedence. */
export interface DefinitionChain {
  /** Relative paths start here: the directory of the first. */
  directory: string
  /** The directory of each definition that has a file. */
  directories: readonly string[]
  sources: readonly YamlSource[]
  /** Maps are merged; everything else is replaced. */
  value: unknown
}

const largestDefinition = 1024 * 1024

/** Read a default definition or a file, and everything it extends. Throws EdgekitError. */
export async function readWithBases(from: { role: string } | { path: string }): Promise<DefinitionChain> {
  const directory = 'path' in from ? dirname(resolve(from.path)) : process.cwd()
  const sources: YamlSource[] = []
  const values: unknown[] = []
  const directories = [directory]
  const seen = new Set<string>()
  let next: { role: string } | { path: string } | undefined = from
  while (next !== undefined) {
    const { id, name, text } = await readText(next)
    if (seen.has(id))
      throw invalid(`cannot read the definition ${name}: it extends itself`, 'Remove one of the extends.')
    seen.add(id)
    const source = readYaml(text, name)
    if (Array.isArray(source)) throw definitionError(name, source)
    sources.push(source)
    const own = 'path' in next ? dirname(resolve(next.path)) : directory
    directories.push(own)
    values.push(rebasePaths(source.value, own, directory))
    next = baseOf(source, own)
  }
  return {
    directory,
    directories: [...new Set(directories)],
    sources,
    value: values.reduceRight((below, above) => merge(below, above)),
  }
}

function baseOf(source: YamlSource, directory: string): { role: string } | { path: string } | undefined {
  const base = isMap(source.value) ? source.value['extends'] : undefined
  if (base === undefined) return undefined
  if (typeof base === 'string') {
    if (defaultDefinitions.includes(base)) return { role: base }
    if (/[/.]/.test(base)) return { path: join(directory, base) }
  }
  const message = `extends: expected ${defaultDefinitions.join(', ')} or the path of a file, found ${excerpt(JSON.stringify(base))}`
  throw definitionError(source.file, [{ file: source.file, ...source.position(['extends']), message }])
}

async function readText(
  from: { role: string } | { path: string },
): Promise<{ id: string; name: string; text: string }> {
  if ('role' in from) {
    const name = `bundles/${from.role}.yaml`
    return { id: name, name, text: readAsset(name) }
  }
  try {
    const text = String(await readInput(from.path, maxDefinitionBytes))
    if (text.length > largestDefinition) throw new Error(`it has more than ${largestDefinition} characters`)
    return { id: resolve(from.path), name: from.path, text }
  } catch (error) {
    throw invalid(`cannot read the definition ${from.path}: ${messageOf(error)}`, 'Check the path.')
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function merge(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above)) return above
  const merged = new Map(Object.entries(below))
  for (const [key, value] of Object.entries(above))
    merged.set(key, merged.has(key) ? merge(merged.get(key), value) : value)
  return Object.fromEntries(merged)
}

const invalid = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-definition', remedy })
