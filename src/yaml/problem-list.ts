import type { YamlProblem } from './source.ts'

/** More do not help: a syntax error brings others after it. */
const mostProblems = 10

/** ` in 2 places:` and a line for each, with file, line and column. */
export function listProblems(problems: readonly YamlProblem[]): string {
  const lines = problems
    .slice(0, mostProblems)
    .map(({ file, line, column, message }) => `  ${file}:${line}:${column}: ${message}`)
  if (problems.length > mostProblems) lines.push(`  and ${problems.length - mostProblems} more`)
  const count = problems.length === 1 ? '' : ` in ${problems.length} places`
  return `${count}:\n${lines.join('\n')}`
}
