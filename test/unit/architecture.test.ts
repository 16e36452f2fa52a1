import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * The rooms of src, from the ground up. A file may import from its own room and from those before it, and from no other:
 * types and `import()` included.
 */
const rooms = [
  // Ground: knows nothing of KubeEdge.
  'lib',
  'yaml',
  'mqtt',
  'tar',
  'http',
  'oci',
  // The only way to touch a node.
  'node',
  // The format that both sides share, and what only the build machine does with it.
  'bundle',
  'build',
  // What EdgeCore and the broker are.
  'edgecore',
  'broker',
  'broker-test',
  'broker-bench',
  // The service beside the broker that stores what devices publish.
  'devices',
  // Look, judge, do, decide, prove.
  'facts',
  'checks',
  'actions',
  'install',
  'doctor',
  // What a person sees and types.
  'ui',
  'cli',
  'commands',
  'main.ts',
]

const files = globSync('src/**/*.ts').filter(file => !file.endsWith('.d.ts'))
const roomOf = (file: string): string => file.split('/')[1] ?? ''

interface Import {
  target: string
  typeOnly: boolean
}

/** Every module that a file names: statements that import or export, and `import()`, also of types. */
function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'"]*?from\s+)?'([^']+)'/gms)
  const calls = text.matchAll(/\bimport\(\s*'([^']+)'/g)
  return [
    ...[...statements].map(([, type, target = '']) => ({ target, typeOnly: type !== undefined })),
    ...[...calls].map(([, target = '']) => ({ target, typeOnly: false })),
  ]
}

/** The files of src that a file names. */
const neighborsOf = (file: string): string[] =>
  importsOf(file)
    .filter(({ target }) => target.startsWith('.'))
    .map(({ target }) => relative('.', join(dirname(file), target)))

test('every room is in the list', () => {
  expect([...new Set(files.map(roomOf))].toSorted()).toEqual(rooms.toSorted())
})

describe.each(files)('%s', file => {
  test('imports only from its own room and the rooms before it', () => {
    const known = rooms.slice(0, rooms.indexOf(roomOf(file)) + 1)
    expect(neighborsOf(file).filter(target => !known.includes(roomOf(target)))).toEqual([])
  })

  test('starts programs only in src/node, and touches files only there and on the build side', () => {
    const modules = importsOf(file).flatMap(({ target, typeOnly }) => (typeOnly ? [] : [target]))
    const startsPrograms = modules.some(name => name === 'execa' || name === 'node:child_process')
    const touchesFiles = modules.some(name => /^node:fs(\/promises)?$/.test(name))
    expect(startsPrograms && roomOf(file) !== 'node').toBe(false)
    expect(
      touchesFiles && !['lib', 'tar', 'http', 'oci', 'node', 'bundle', 'build'].includes(roomOf(file)),
    ).toBe(false)
  })

  test('prints only through src/ui/print.ts, and only in src/ui, src/cli and src/commands', () => {
    const text = readFileSync(file, 'utf8')
    const prints = /\bconsole\.|process\.(stdout|stderr)/.test(text)
    expect(prints && !['ui', 'cli', 'commands', 'main.ts'].includes(roomOf(file))).toBe(false)
    expect(text).not.toMatch(/\bconsole\.\w|process\.(stdout|stderr)\.write|this\.(log|warn|logToStderr)\(/)
  })
})

test('no file imports itself, by whatever way round', () => {
  const circles: string[] = []
  const done = new Set<string>()
  const walk = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '))
    if (done.has(file) || way.includes(file)) return
    for (const next of neighborsOf(file)) walk(next, [...way, file])
    done.add(file)
  }
  for (const file of files) walk(file, [])
  expect(circles).toEqual([])
})

test('no folder is too full to be seen whole', () => {
  // Lists: one file for each thing there is.
  const lists = new Set(['src/broker-test/groups', 'src/checks/node', 'src/commands', 'src/facts'])
  const sizes = Map.groupBy(files, file => dirname(file))
  const full = [...sizes].filter(([folder, { length }]) => length > 16 && !lists.has(folder))
  expect(full.map(([folder, { length }]) => `${folder}: ${length}`)).toEqual([])
})
