import { EdgekitError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { keysOf, pathOf } from '../config/key-path.ts'
import { keyTable } from './key-table.ts'

interface KnownKey {
  kind: 'value' | 'list' | 'map'
  /** Minor versions of KubeEdge that read it. */
  from: number
  to: number
}

/** Everything that a name stands for: a key, or a section with names of its own. */
type Names = Map<string, KnownKey | Names>

let known: Names | undefined

/**
 * Throws EdgekitError (usage) for a key of edgecore.yaml that no EdgeCore reads, which EdgeCore would ignore silently, and for
 * a section or list, which cannot be set to one value. `version` narrows it to one KubeEdge. A key in `force` is accepted.
 */
export function requireKnownKey(key: string, force: readonly string[] = [], version?: string): void {
  if (force.includes(key)) return
  const reason = whyNot(keysOf(key), minorOf(version))
  if (reason === undefined) return
  throw new EdgekitError(`cannot set ${key}: ${reason}`, {
    code: 'invalid-usage',
    remedy: `Correct the key. If your EdgeCore reads it, add:\n  --force='${key}'`,
  })
}

const minorOf = (version = ''): number | undefined => {
  const [, minor] = /^v?1\.(\d+)\./.exec(version) ?? []
  return minor === undefined ? undefined : Number(minor)
}

function whyNot(path: readonly string[], minor: number | undefined): string | undefined {
  const found = find(path)
  if (found === undefined) {
    const meant = suggestion(path)
    return meant === undefined
      ? 'no EdgeCore from v1.12 to v1.23 reads this key'
      : `EdgeCore has no such key; did you mean ${meant}?`
  }
  if (found instanceof Map) return `it is a section; set one of its keys: ${[...found.keys()].join(', ')}`
  if (found.kind === 'list') return 'it is a list; edit lists in the file'
  if (found.kind === 'map') return `it is a map; set one of its keys: ${pathOf(path)}.NAME`
  if (minor === undefined || (minor >= found.from && minor <= found.to)) return undefined
  return minor < found.from
    ? `EdgeCore v1.${minor} does not read this key, which is new in v1.${found.from}`
    : `EdgeCore v1.${minor} does not read this key; v1.${found.to} was the last that did`
}

function find(path: readonly string[]): KnownKey | Names | undefined {
  let here: KnownKey | Names | undefined = names()
  for (const [index, part] of path.entries()) {
    if (!(here instanceof Map)) return here?.kind === 'map' ? { ...here, kind: 'value' } : undefined
    here = here.get(part)
    if (here === undefined && index === 0) return undefined
  }
  return here
}

/** The key with at most two typos in each of its parts, or the only one with the same name in another section. */
function suggestion(path: readonly string[]): string | undefined {
  const meant: string[] = []
  let here: KnownKey | Names | undefined = names()
  for (const part of path) {
    if (!(here instanceof Map)) break
    const name: string | undefined = here.has(part) ? part : nearest(part, [...here.keys()])
    here = name === undefined ? undefined : here.get(name)
    meant.push(name ?? '')
  }
  if (here !== undefined && (meant.length === path.length || ('kind' in here && here.kind === 'map')))
    return pathOf([...meant, ...path.slice(meant.length)])
  const last = path.at(-1)?.toLowerCase()
  const elsewhere = paths(names()).filter(key => key.at(-1)?.toLowerCase() === last)
  return elsewhere.length === 1 ? elsewhere.map(pathOf)[0] : undefined
}

const paths = (section: Names): string[][] =>
  [...section].flatMap(([name, value]) =>
    value instanceof Map ? paths(value).map(rest => [name, ...rest]) : [[name]],
  )

function names(): Names {
  known ??= readTable()
  return known
}

function readTable(): Names {
  const root: Names = new Map()
  for (const [section, entries] of Object.entries(keyTable)) {
    let here = root
    for (const part of section === '' ? [] : section.split('.')) {
      const next = here.get(part)
      const inner: Names = next instanceof Map ? next : new Map()
      here.set(part, inner)
      here = inner
    }
    for (const entry of entries.trim().split(/\s+/)) {
      const [, name = '', suffix, from = '12', to = from] =
        /^(\w+)(\[\]|\*)?(?::(\d+)(?:-(\d+))?)?$/.exec(entry) ?? []
      const kind = suffix === '[]' ? 'list' : suffix === '*' ? 'map' : 'value'
      here.set(name, { kind, from: Number(from), to: entry.includes('-') ? Number(to) : Infinity })
    }
  }
  return root
}
