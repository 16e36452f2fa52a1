import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readAsset } from '../../../src/lib/assets.ts'

test('reads a file of the checkout', async () => {
  expect(readAsset('package.json')).toBe(await readFile('package.json', 'utf8'))
})

test('names a missing file', () => {
  expect(() => readAsset('templates/absent')).toThrow('templates/absent')
})
