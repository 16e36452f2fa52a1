import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Which folder of src may import from which; a file directly in src counts as `root`, which all may import. */
const mayImport: Record<string, readonly string[]> = {
  root: [],
  images: [],
  edgecore: [],
  broker: [],
  node: [],
  yaml: [],
  bundle: ['images', 'yaml'],
  facts: ['node', 'broker', 'edgecore', 'images'],
  checks: ['facts', 'edgecore'],
  actions: ['node', 'broker', 'edgecore', 'images'],
  install: ['actions', 'checks', 'edgecore', 'facts', 'node', 'yaml'],
  doctor: ['checks', 'facts', 'actions', 'images', 'node'],
  ui: ['checks', 'doctor', 'images', 'node'],
  commands: [
    'actions',
    'broker',
    'bundle',
    'checks',
    'doctor',
    'edgecore',
    'facts',
    'images',
    'install',
    'node',
    'ui',
  ],
}

/** What two rooms must agree on, and constants that name places on a node: whoever needs them may read them. */
const contracts = [
  'src/bundle/manifest.ts',
  'src/bundle/signature.ts',
  'src/node/paths.ts',
  // What the broker says in its log means: text in, words out.
  'src/broker/log.ts',
]
const entry = 'src/main.ts'

const folderOf = (file: string): string => {
  const [, folder = '', rest] = file.split('/')
  return rest === undefined ? 'root' : folder
}

const files = globSync('src/**/*.ts').filter(file => file !== entry)

interface Import {
  target: string
  typeOnly: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'/gms)].map(match => ({
    target: match[2] ?? '',
    typeOnly: match[1] !== undefined,
  }))
}

describe.each(files)('%s', file => {
  const folder = folderOf(file)
  const imports = importsOf(file)

  test('imports only from where it may', () => {
    const wrong = imports
      .filter(({ target }) => target.startsWith('.'))
      .map(({ target, typeOnly }) => ({ target: relative('.', join(dirname(file), target)), typeOnly }))
      .filter(({ target }) => folderOf(target) !== folder && folderOf(target) !== 'root')
      .filter(({ target }) => !contracts.includes(target))
      .filter(({ target }) => !(mayImport[folder] ?? []).includes(folderOf(target)))
      // A type is gone when the program runs: naming the shape of something is not using it.
      .filter(({ typeOnly }) => !typeOnly)
      .map(({ target }) => target)
    expect(wrong).toEqual([])
  })

  test('starts no processes and touches no files of a node outside of src/node', () => {
    const modules = imports.filter(({ typeOnly }) => !typeOnly).map(({ target }) => target)
    const touching = modules.filter(target =>
      /^(execa|node:child_process|node:fs(\/promises)?)$/.test(target),
    )
    const mayTouchFiles =
      folder === 'bundle' || folder === 'images' || /^src\/(assets|hash-worker)\.ts$/.test(file)
    const mayStartProcesses = folder === 'node'
    const wrong = touching.filter(target =>
      target.startsWith('node:fs') ? !(mayTouchFiles || folder === 'node') : !mayStartProcesses,
    )
    expect(wrong).toEqual([])
  })

  test('prints nothing outside of src/ui and src/commands', () => {
    const prints = /\bconsole\.|process\.(stdout|stderr)/.test(readFileSync(file, 'utf8'))
    expect(prints && folder !== 'ui' && folder !== 'commands').toBe(false)
  })
})

test('every folder has its rule', () => {
  expect([...new Set(files.map(folderOf))].toSorted()).toEqual(Object.keys(mayImport).toSorted())
})
