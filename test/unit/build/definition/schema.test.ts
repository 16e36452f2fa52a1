import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { definitionJsonSchema } from '../../../../src/build/definition/schema.ts'

const bundles = new URL('../../../../bundles/', import.meta.url)
// Not the library that made it: editors read it by the letter of the standard.
const validate = new Ajv2020({ strict: false }).compile(definitionJsonSchema())

test('the default definitions refer to the schema and match it', async () => {
  const text = await readFile(new URL('edge.yaml', bundles), 'utf8')
  expect(text).toMatch(/^# yaml-language-server: \$schema=definition\.schema\.json\n/)
  validate(parse(text))
  expect(validate.errors).toBeNull()
})

test.each<[string, unknown, boolean]>([
  ['a file that extends another may leave out the rest', { extends: 'edge' }, true],
  ['any other may not', { kubeedge: 'v1.22.0' }, false],
  ['an unknown key', { extends: 'edge', imges: [] }, false],
  ['an unknown architecture', { extends: 'edge', architectures: ['mips'] }, false],
  [
    'a source with a checksum',
    { extends: 'edge', binaries: { keadm: { source: 'https://x', sha256: 'a'.repeat(64) } } },
    true,
  ],
  [
    'an unknown key of a source',
    { extends: 'edge', binaries: { keadm: { source: './x', sha: 'x' } } },
    false,
  ],
])('the published schema on %s', (_, value, valid) => {
  expect(validate(value)).toBe(valid)
})

test('every key has a description', () => {
  const { properties } = definitionJsonSchema() as { properties: Record<string, { description?: string }> }
  expect(Object.entries(properties).filter(([, { description }]) => !description)).toEqual([])
})
