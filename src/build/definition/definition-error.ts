import { EdgekitError } from '../../lib/errors.ts'
import { listProblems } from '../../yaml/problem-list.ts'
import type { YamlProblem } from '../../yaml/source.ts'

/** What is wrong with a definition, each with its place. */
export const definitionError = (name: string, problems: readonly YamlProblem[]): EdgekitError =>
  new EdgekitError(`the bundle definition ${name} is wrong${listProblems(problems)}`, {
    code: 'invalid-definition',
    remedy: 'docs/definition.md has every key; editors check it with the output of edgekit schema.',
  })
