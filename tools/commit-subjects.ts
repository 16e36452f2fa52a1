// Checks the subjects of commits on standard input, one a line: git log --format=%s A..B | node tools/commit-subjects.ts

import { text } from 'node:stream/consumers'
import { subjectProblem } from './wording/commit-subject.ts'

for (const subject of (await text(process.stdin)).split('\n').filter(Boolean)) {
  const problem = subjectProblem(subject)
  if (problem === undefined) continue
  process.stdout.write(`${subject}\n  ${problem}\n`)
  process.exitCode = 1
}
