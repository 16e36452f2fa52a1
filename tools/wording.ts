// Checks the wording of what people read: npm run wording, or npm run wording -- --all for rooms not yet held.

import { globSync, readFileSync } from 'node:fs'
import { problemsIn } from './wording/check.ts'
import { heldRooms } from './wording/rules.ts'

const patterns = ['src/**/*.ts', 'test/**/*.test.ts', 'docs/**/*.md', 'templates/**/*', '*.md']
const isHeld = (path: string): boolean => heldRooms.some(room => path === room || path.startsWith(`${room}/`))

const all = process.argv.includes('--all')
const files = globSync(patterns, { withFileTypes: true })
  .filter(entry => entry.isFile())
  .map(({ parentPath, name }) => `${parentPath}/${name}`.replace(`${process.cwd()}/`, ''))
  .filter(path => all || isHeld(path))

let count = 0
for (const path of files.toSorted()) {
  for (const { line, message } of problemsIn(path, readFileSync(path, 'utf8'))) {
    process.stdout.write(`${path}:${line}: ${message}\n`)
    count++
  }
}
if (count > 0) {
  process.stdout.write(`${count} problems of wording\n`)
  process.exitCode = 1
}
