import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readAsset } from '../../../src/lib/assets.ts'

test('a checkout reads its own files', async () => {
  expect(readAsset('package.json')).toBe(await readFile('package.json', 'utf8'))
})

test('a file that is not there is an error that names it', () => {
  expect(() => readAsset('templates/absent')).toThrow('templates/absent')
})
