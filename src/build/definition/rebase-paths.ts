import { isAbsolute, join, relative } from 'node:path'

/**
 * Rewrite the relative paths (local files, local images) of a definition in directory `from` as seen from directory `to`.
 * Values of the wrong type are kept for the schema to report.
 */
export function rebasePaths(value: unknown, from: string, to: string): unknown {
  if (from === to) return value
  const path = (text: string): string =>
    isAbsolute(text) ? text : `./${relative(to, join(from, text))}`.replace(/^\.\/\.\.\//, '../')
  const rewrite = (item: unknown): unknown => {
    if (typeof item === 'string') {
      const [, scheme = '', rest = ''] = /^((?:file|oci|oci-archive|docker-archive):)?(.*)$/s.exec(item) ?? []
      const isPath = scheme !== '' || !/^[a-z][a-z-]*:/.test(item)
      return isPath ? scheme + path(rest) : item
    }
    if (typeof item !== 'object' || item === null) return item
    const { source } = item as { source?: unknown }
    return typeof source === 'string' ? { ...item, source: rewrite(source) } : item
  }
  return mapKeys(value, {
    binaries: item => mapValues(item, rewrite),
    runtime: item => mapValues(item, rewrite),
    files: item => (Array.isArray(item) ? item.map(rewrite) : item),
    // A plain string is a reference here.
    images: item =>
      Array.isArray(item) ? item.map(image => (typeof image === 'string' ? image : rewrite(image))) : item,
  })
}

type Rewrite = (value: unknown) => unknown

function mapValues(value: unknown, rewrite: Rewrite): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item)]))
}

function mapKeys(value: unknown, rewrites: Record<string, Rewrite>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrites[key]?.(item) ?? item]))
}
