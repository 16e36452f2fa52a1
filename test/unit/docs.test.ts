import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

const pages = globSync(['*.md', '{docs,bench,examples,test}/**/*.md'])

/** The text of a page without its code, whose brackets are no links. */
const proseOf = (page: string): string =>
  readFileSync(page, 'utf8')
    .replaceAll(/^ *(```+)[\s\S]*?^ *\1$/gm, '')
    .replaceAll(/`[^`\n]*`/g, match => match.replaceAll(/[[\]()]/g, ''))

interface Link {
  /** A path from the repository's root. */
  file: string
  anchor: string | undefined
}

function linksOf(page: string): Link[] {
  const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets
    .filter(target => !/^[a-z]+:/.test(target))
    .map(target => {
      const [path = '', anchor] = target.split('#')
      return { file: path === '' ? page : normalize(join(dirname(page), path)), anchor }
    })
}

/** The anchors GitHub gives to the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(page, 'utf8').matchAll(/^#{1,6} (.+)$/gm)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test.each(pages)('%s has no dead links', page => {
  const dead = linksOf(page).filter(
    ({ file, anchor }) =>
      !existsSync(file) ||
      (anchor !== undefined && !(file.endsWith('.md') && anchorsOf(file).includes(anchor))),
  )
  expect(dead).toEqual([])
})

test('docs/README.md leads to every page of docs', () => {
  const reached = new Set<string>()
  const visit = (page: string): void => {
    if (reached.has(page) || !page.endsWith('.md')) return
    reached.add(page)
    for (const { file } of linksOf(page)) if (existsSync(file)) visit(file)
  }
  visit('docs/README.md')
  expect(globSync('docs/**/*.md').filter(page => !reached.has(page))).toEqual([])
})

test.each(pages)('%s names only npm scripts that exist', page => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const named = readFileSync(page, 'utf8').matchAll(/\bnpm run (?:--silent |-s )?([\w:-]+)/g)
  expect([...named].map(([, script = '']) => script).filter(script => !(script in scripts))).toEqual([])
})

test.each(pages)('%s names only source files that exist', page => {
  const paths = readFileSync(page, 'utf8').matchAll(
    /`((?:src|test|lab|tools|bench|templates|bundles)\/[\w./-]+)`/g,
  )
  const named = [...paths].map(([, path = '']) => path).filter(path => !/[A-Z]{2}/.test(path))
  expect(named.filter(path => !existsSync(path))).toEqual([])
})

/** What may name a page: the program that prints it, the path in JSON beside it, and descriptions in schemas. */
const mayNamePages = /^src\/(?:doctor\/explain-check|checks\/run-checks|ui\/json\/\w+)\.ts$/

// Nodes do not have the pages, and neither does a build machine with only the executable.
test.each(
  globSync(['src/**/*.ts', 'templates/**/*.{sh,yaml,conf,service,toml}', 'bundles/*.yaml']).filter(
    file => !mayNamePages.test(file),
  ),
)('%s names no page of docs in what users read', file => {
  const text = readFileSync(file, 'utf8')
  const read = file.startsWith('src/') ? text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '') : text
  expect(read.match(/docs\/[\w-]+\.md|[\w-]+\.md#/g) ?? []).toEqual([])
})

describe('decisions', () => {
  const decisions = globSync('docs/decisions/[0-9]*.md').toSorted()

  test('are numbered without gaps and listed in their order', () => {
    expect(decisions.map(file => basename(file).slice(0, 5))).toEqual(
      decisions.map((_, index) => `${String(index + 1).padStart(4, '0')}-`),
    )
    const listed = linksOf('docs/decisions/README.md').map(({ file }) => file)
    expect(listed.filter(file => /\/\d{4}-/.test(file))).toEqual(decisions)
  })

  test.each(decisions)('%s has the four parts, on one page', file => {
    const text = readFileSync(file, 'utf8')
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Decision',
      'What was measured',
      'Consequences',
    ])
    expect(text.split('\n').length).toBeLessThanOrEqual(60)
  })
})
