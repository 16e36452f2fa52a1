import type * as z from 'zod'
import { nearest } from '../lib/nearest.ts'
import type { YamlPath, YamlProblem, YamlSource } from './source.ts'

/** One thing wrong with the value of a definition; `key` when the key itself is wrong and not what it has. */
export interface ValueProblem {
  path: YamlPath
  key?: string
  message: string
}

/** Say of each issue the schema has with `value` what was found and what is allowed. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  schema: z.ZodType,
): ValueProblem[] {
  return issues.flatMap(issue => describe(issue, value, schema))
}

function describe(
  issue: z.core.$ZodIssue,
  value: unknown,
  schema: z.ZodType,
  above: YamlPath = [],
): ValueProblem[] {
  const path = [...above, ...issue.path]
  const found = valueAt(value, path)
  const say = (message: string): ValueProblem[] => [{ path, message: `${name(path)}${message}` }]
  switch (issue.code) {
    case 'unrecognized_keys': {
      const allowed = keysAt(schema, path)
      return issue.keys.map(key => ({ path, key, message: unknownKey(key, path, allowed) }))
    }
    case 'invalid_type':
      if (found === undefined) return say(`missing; expected ${typeNames[issue.expected] ?? issue.expected}`)
      return say(`expected ${typeNames[issue.expected] ?? issue.expected}, found ${words(found)}`)
    case 'invalid_value':
      return say(`expected ${issue.values.map(String).join(' or ')}, found ${words(found)}`)
    case 'invalid_format':
      return say(`${issue.message}, found ${words(found)}`)
    case 'too_small':
      return say(`expected at least ${issue.minimum}, found ${words(found)}`)
    case 'invalid_union': {
      // The branch that has the right kind of value is the one the person meant.
      const meant = issue.errors.find(branch => branch.some(inner => !isWrongKind(inner)))
      if (meant !== undefined) return meant.flatMap(inner => describe(inner, value, schema, path))
      const kinds = issue.errors.flatMap(branch =>
        branch.map(inner => ('expected' in inner ? inner.expected : '')),
      )
      const expected = [...new Set(kinds.map(kind => typeNames[kind] ?? kind))].join(' or ')
      return say(`expected ${expected}, found ${words(found)}`)
    }
    default:
      return say(issue.message)
  }
}

const isWrongKind = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'invalid_type' && issue.path.length === 0

const typeNames: Record<string, string> = {
  string: 'a text',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  number: 'a number',
  boolean: 'true or false',
}

function words(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'nothing (null)'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a map'
  const text =
    typeof value === 'string' ? JSON.stringify(value) : `the ${typeof value} ${JSON.stringify(value)}`
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** `images[2].source: ` */
const name = (path: YamlPath): string => (path.length === 0 ? '' : `${written(path)}: `)

export const written = (path: YamlPath): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('')

function unknownKey(key: string, path: YamlPath, allowed: readonly string[]): string {
  const close = nearest(key, allowed)
  const where = path.length === 0 ? '' : ` in ${written(path)}`
  return `unknown key "${key}"${where}${close === undefined ? '.' : `, did you mean "${close}"?`} Allowed: ${allowed.join(', ')}`
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (item, part) =>
      typeof item === 'object' && item !== null ? (item as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  )
}

/** Keys of the map that the schema has at `path`; in a union those of the branch that is a map. */
function keysAt(schema: z.ZodType, path: YamlPath): string[] {
  let inner = bare(schema)
  for (const part of path) {
    const { def } = inner
    if (def.type === 'object') inner = bare(def.shape[String(part)] as z.ZodType)
    else if (def.type === 'array') inner = bare(def.element)
    else if (def.type === 'record') inner = bare(def.valueType)
  }
  return inner.def.type === 'object' ? Object.keys(inner.def.shape) : []
}

type Def =
  | { type: 'object'; shape: Record<string, z.ZodType> }
  | { type: 'array'; element: z.ZodType }
  | { type: 'record'; valueType: z.ZodType }
  | { type: 'optional'; innerType: z.ZodType }
  | { type: 'union'; options: z.ZodType[] }
  | { type: 'string' }

function bare(schema: z.ZodType): { def: Def } {
  const { def } = schema as unknown as { def: Def }
  if (def.type === 'optional') return bare(def.innerType)
  if (def.type === 'union')
    return bare(def.options.find(option => bare(option).def.type === 'object') as z.ZodType)
  return { def }
}

/** Find the place of each problem: in the first of the files that has what is wrong. */
export function locate(problems: readonly ValueProblem[], sources: readonly YamlSource[]): YamlProblem[] {
  return problems.map(({ path, key, message }) => {
    const full = key === undefined ? path : [...path, key]
    for (let length = full.length; length > 0; length--) {
      const part = full.slice(0, length)
      const source = sources.find(({ value }) => valueAt(value, part) !== undefined)
      if (source === undefined) continue
      const isKey = key !== undefined && length === full.length
      const position = (isKey ? source.keyPosition(part) : undefined) ?? source.position(part)
      return { file: source.file, ...position, message }
    }
    const [first] = sources as [YamlSource]
    return { file: first.file, ...first.position([]), message }
  })
}
