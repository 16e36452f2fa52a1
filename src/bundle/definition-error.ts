import { EdgekitError, exitCodes } from '../errors.ts'
import type { YamlProblem } from './yaml-source.ts'

/** More do not help: a syntax error brings others after it. */
const mostProblems = 10

/** What is wrong with a definition, each with its place. */
export function definitionError(name: string, problems: readonly YamlProblem[]): EdgekitError {
  const lines = problems
    .slice(0, mostProblems)
    .map(({ file, line, column, message }) => `  ${file}:${line}:${column}: ${message}`)
  if (problems.length > mostProblems) lines.push(`  and ${problems.length - mostProblems} more`)
  const count = problems.length === 1 ? '' : ` in ${problems.length} places`
  return new EdgekitError(`the bundle definition ${name} is wrong${count}:\n${lines.join('\n')}`, {
    exitCode: exitCodes.usage,
    remedy: 'docs/definition.md has every key; editors check it with the output of edgekit schema.',
  })
}
