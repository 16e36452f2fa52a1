import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

/** All strings of `enum` and `const` below here. */
function values(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'enum' || key === 'const'
      ? [value].flat().filter((it): it is string => typeof it === 'string')
      : values(value),
  )
}

describe('the values of an output are in kebab case', () => {
  test.each(readdirSync('docs/schemas'))('%s', name => {
    const all = values(JSON.parse(readFileSync(`docs/schemas/${name}`, 'utf8')))
    expect(all.filter(value => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(value))).toEqual([])
  })
})
