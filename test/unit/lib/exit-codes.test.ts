import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import Install from '../../../src/commands/install.ts'
import { exitCodeMeanings, exitCodes } from '../../../src/lib/errors.ts'

test('the README has the table of exit codes', () => {
  const readme = readFileSync('README.md', 'utf8')
  const rows = exitCodeMeanings.map(([code, meaning]) => `| ${code} | ${meaning} |`)
  expect(readme).toContain(`| code | meaning |\n|---|---|\n${rows.join('\n')}\n`)
})

test('edgekit install --help has it too', () => {
  for (const [code, meaning] of exitCodeMeanings) expect(Install.description).toContain(`${code}  ${meaning}`)
})

test('every exit code has its meaning', () => {
  expect(exitCodeMeanings.map(([code]) => code)).toEqual(
    [...new Set<number>(Object.values(exitCodes))].toSorted((one, other) => one - other),
  )
})
