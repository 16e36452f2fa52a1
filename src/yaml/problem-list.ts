import type { YamlProblem } from './source.ts'

/** One syntax error causes many more; the first ones are enough. */
const mostProblems = 10

/** ` in 2 places:`, then a line for each problem with file, line and column. */
export function listProblems(problems: readonly YamlProblem[]): string {
  const lines = problems
    .slice(0, mostProblems)
    .map(({ file, line, column, message }) => `  ${file}:${line}:${column}: ${message}`)
  if (problems.length > mostProblems) lines.push(`  and ${problems.length - mostProblems} more`)
  const count = problems.length === 1 ? '' : ` in ${problems.length} places`
  return `${count}:\n${lines.join('\n')}`
}
