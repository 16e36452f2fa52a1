import * as z from 'zod'
import { excerpt } from '../lib/format.ts'
import { nearest } from '../lib/nearest.ts'
import type { YamlPath, YamlProblem, YamlSource } from './source.ts'

/** A problem with a value. `key` is set when the key itself is wrong, not its value. */
export interface ValueProblem {
  path: YamlPath
  key?: string
  message: string
}

/** Describe each schema issue of `value`: what was found and what is allowed. */
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
  const problem = (message: string): ValueProblem[] => [{ path, message: `${name(path)}${message}` }]
  switch (issue.code) {
    case 'unrecognized_keys': {
      const allowed = keysAt(schema, path)
      return issue.keys.map(key => ({ path, key, message: unknownKey(key, path, allowed) }))
    }
    case 'invalid_type':
      if (found === undefined)
        return problem(`missing; expected ${typeNames[issue.expected] ?? issue.expected}`)
      return problem(`expected ${typeNames[issue.expected] ?? issue.expected}, found ${describeValue(found)}`)
    case 'invalid_value':
      return problem(`expected ${issue.values.map(String).join(' or ')}, found ${describeValue(found)}`)
    case 'invalid_format':
      return problem(`${issue.message}, found ${describeValue(found)}`)
    case 'too_small':
      return problem(`expected at least ${issue.minimum}, found ${describeValue(found)}`)
    case 'invalid_union': {
      // The intended branch is the one whose kind of value matches.
      const meant = issue.errors.find(branch => branch.some(inner => !isWrongKind(inner)))
      if (meant !== undefined) return meant.flatMap(inner => describe(inner, value, schema, path))
      const kinds = issue.errors.flatMap(branch =>
        branch.map(inner => ('expected' in inner ? inner.expected : '')),
      )
      const expected = [...new Set(kinds.map(kind => typeNames[kind] ?? kind))].join(' or ')
      return problem(`expected ${expected}, found ${describeValue(found)}`)
    }
    default:
      return problem(issue.message)
  }
}

const isWrongKind = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'invalid_type' && issue.path.length === 0

const typeNames: Record<string, string> = {
  string: 'a string',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  number: 'a number',
  boolean: 'true or false',
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'nothing (null)'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a map'
  const text =
    typeof value === 'string'
      ? excerpt(JSON.stringify(value))
      : `the ${typeof value} ${JSON.stringify(value)}`
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** `images[2].source: ` */
const name = (path: YamlPath): string => (path.length === 0 ? '' : `${formatPath(path)}: `)

export const formatPath = (path: YamlPath): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('')

function unknownKey(key: string, path: YamlPath, allowed: readonly string[]): string {
  const close = nearest(key, allowed)
  const where = path.length === 0 ? '' : ` in ${formatPath(path)}`
  return `unknown key "${key}"${where}${close === undefined ? '.' : `, did you mean "${close}"?`} Allowed: ${allowed.join(', ')}`
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (item, part) =>
      typeof item === 'object' && item !== null ? (item as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  )
}

/** Keys the schema, of zod or zod/mini, allows at `path`; in a union, those of the branch that is a map. */
function keysAt(schema: z.core.$ZodType, path: YamlPath): string[] {
  let inner = unwrap(schema)
  for (const part of path) {
    if (isMap(inner)) inner = unwrap(inner._zod.def.shape[String(part)] ?? inner)
    else if (inner instanceof z.core.$ZodArray) inner = unwrap(inner._zod.def.element)
    else if (inner instanceof z.core.$ZodRecord) inner = unwrap(inner._zod.def.valueType)
  }
  return isMap(inner) ? Object.keys(inner._zod.def.shape) : []
}

const isMap = (schema: z.core.$ZodType): schema is z.core.$ZodObject => schema instanceof z.core.$ZodObject

/** The schema inside an optional, or the map among the branches of a union. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.core.$ZodOptional) return unwrap(schema._zod.def.innerType)
  if (schema instanceof z.core.$ZodUnion) return schema._zod.def.options.map(unwrap).find(isMap) ?? schema
  return schema
}

/** Locate each problem in the first source that has the value; if none does, where its closest parent is. */
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
