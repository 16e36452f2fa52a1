import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generatedFiles } from '../../../../tools/generate/files.ts'

test.each([...generatedFiles()])('%s is up to date', (path, text) => {
  expect(readFileSync(path, 'utf8'), 'npm run generate').toBe(text)
})
