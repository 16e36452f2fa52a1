import type { Architecture } from '../../bundle/manifest.ts'
import { formatPath, type ValueProblem } from '../../yaml/problems.ts'
import type { YamlPath } from '../../yaml/source.ts'

/**
 * Replace `${kubeedge}` everywhere in a definition, so that a new version is one changed line. `${arch}` stays in the
 * sources of programs: its value differs from bundle to bundle.
 */
export function fillIn(value: unknown): { value: unknown; problems: ValueProblem[] } {
  const kubeedge = (value as { kubeedge?: unknown } | null)?.kubeedge
  const problems: ValueProblem[] = []
  const fill = (text: string, path: YamlPath): string =>
    text.replace(/\$\{([^}]*)\}/g, (variable, name: string) => {
      const perBundle = path[0] === 'binaries' || path[0] === 'runtime'
      // The schema reports a version that is not a string.
      if (name === 'kubeedge' && path[0] !== 'kubeedge')
        return typeof kubeedge === 'string' ? kubeedge : 'v0.0.0'
      if (name === 'arch' && perBundle) return variable
      const allowed = perBundle ? '${kubeedge} and ${arch}' : '${kubeedge}'
      problems.push({
        path,
        message: `${formatPath(path)}: unknown variable ${variable}; allowed: ${allowed}`,
      })
      return variable
    })
  const walk = (item: unknown, path: YamlPath): unknown => {
    if (typeof item === 'string') return fill(item, path)
    if (Array.isArray(item)) return item.map((inner, index) => walk(inner, [...path, index]))
    if (typeof item !== 'object' || item === null) return item
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, walk(inner, [...path, key])]))
  }
  return { value: walk(value, []), problems }
}

export const forArchitecture = (text: string, arch: Architecture): string =>
  text.replaceAll(/\$\{arch\}/g, arch)
