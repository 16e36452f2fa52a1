import { pathOnNode } from '../container-paths.ts'
import { configurationProblems } from './configuration-problems.ts'
import { containerProblems } from './container-problems.ts'
import { databaseProblems } from './database-problems.ts'
import { fileProblems } from './file-problems.ts'
import type { KnownProblem } from './known-problem.ts'
import { listenerProblems } from './listener-problems.ts'
import { withoutTime } from './log-time.ts'

/** Why the broker does not start, or what it runs without, and how to fix it. */
export interface BrokerLogProblem extends Omit<KnownProblem, 'pattern'> {
  /** The lines of the log that show it. */
  lines: string[]
}

/** The first match wins: a precise error comes before the general one that follows it. */
export const brokerLogProblems: readonly KnownProblem[] = [
  ...configurationProblems,
  ...fileProblems,
  ...databaseProblems,
  ...listenerProblems,
  ...containerProblems,
]

/** The problem that the last lines of a broker's journal show, which runs or does not; undefined for none that is known. */
export function explainBrokerLog(
  lines: readonly string[],
  { brokerRuns = false } = {},
): BrokerLogProblem | undefined {
  const texts = lines.map(withoutTime)
  const possible = brokerLogProblems.filter(problem => (problem.brokerRuns ?? false) === brokerRuns)
  for (const { pattern, text, ...known } of possible) {
    const matches = texts.map(line => pattern.exec(line))
    // The last start counts. A match right after another one is mosquitto.conf, which includes the file with the error.
    const match = matches.findLast((found, index) => found && !matches[index - 1])
    if (!match) continue
    const shown = lines.filter((_, index) => matches[index] || /^(?:Error|ctr: )/.test(texts[index] ?? ''))
    return {
      ...known,
      text: text.replace(/\$(\d)/g, (_, group) => onNode(match[Number(group)] ?? '')),
      lines: shown.slice(-4),
    }
  }
  return undefined
}

const onNode = (part: string): string => pathOnNode(part) ?? part
