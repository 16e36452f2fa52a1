import { EdgekitError } from '../../lib/errors.ts'
import { listProblems } from '../../yaml/problem-list.ts'
import type { YamlProblem } from '../../yaml/source.ts'

/** The refusal of a definition: every problem with its place. */
export const definitionError = (name: string, problems: readonly YamlProblem[]): EdgekitError =>
  new EdgekitError(`the bundle definition ${name} is invalid${listProblems(problems)}`, {
    code: 'invalid-definition',
    remedy:
      'Correct the definition. Editors can check it with the schema, which has all keys:\n  edgekit schema',
  })
