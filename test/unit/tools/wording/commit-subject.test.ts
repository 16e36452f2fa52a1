import { expect, test } from 'vitest'
import { subjectProblem } from '../../../../tools/wording/commit-subject.ts'

test.each([
  'node: include last output and hang-ups in command errors',
  'lib, yaml: use plain errors without errno names',
  'lab: string programs together with zx',
  'Merge branch main',
])('"%s" is fine', subject => {
  expect(subjectProblem(subject)).toBeUndefined()
})

test.each([
  ['A program is ended with what it said', 'expected "area: imperative summary"'],
  ['node: include last output.', 'expected "area: imperative summary"'],
  ['node: included last output', 'imperative, not "included"'],
  ['node: adding last output', 'imperative, not "adding"'],
  [`node: add ${'x'.repeat(70)}`, 'at most 72'],
])('"%s" is refused', (subject, problem) => {
  expect(subjectProblem(subject)).toContain(problem)
})
