import { brokerTestExitCodes } from '../../lib/exit-codes.ts'
import type { BrokerTestReport, TestResult } from './report.ts'

/** What one of the brokers did in a test. */
type Seen = Pick<TestResult, 'status' | 'observed' | 'evidence'>

/** A test with another result on the other broker. */
export interface Difference extends Pick<TestResult, 'id' | 'title' | 'group' | 'version' | 'clauses'> {
  first: Seen
  second: Seen
}

type Compared = Pick<BrokerTestReport, 'run' | 'broker' | 'summary' | 'leftovers'>

export interface BrokerComparison {
  schemaVersion: 1
  first: Compared
  second: Compared
  /** Tests with the same result. */
  same: number
  differences: Difference[]
  exitCode: number
}

const seen = ({ status, observed, evidence }: TestResult): Seen => ({ status, observed, evidence })

const compared = ({ run, broker, summary, leftovers }: BrokerTestReport): Compared => ({
  run,
  broker,
  summary,
  leftovers,
})

/** Compare two runs of the same tests. */
export function compareReports(first: BrokerTestReport, second: BrokerTestReport): BrokerComparison {
  const keyOf = ({ id, version }: TestResult): string => `${id} ${version}`
  const others = new Map(second.tests.map(result => [keyOf(result), result]))
  const differences = first.tests.flatMap((result): Difference[] => {
    const other = others.get(keyOf(result))
    if (!other || other.status === result.status) return []
    const { id, title, group, version, clauses } = result
    return [{ id, title, group, version, clauses, first: seen(result), second: seen(other) }]
  })
  return {
    schemaVersion: 1,
    first: compared(first),
    second: compared(second),
    same: first.tests.length - differences.length,
    differences,
    exitCode: exitCodeOf([first, second], differences),
  }
}

function exitCodeOf(reports: readonly BrokerTestReport[], differences: readonly Difference[]): number {
  const isTested = reports.every(({ exitCode }) => exitCode !== brokerTestExitCodes.notTested)
  if (!isTested) return brokerTestExitCodes.notTested
  return differences.length > 0 ? brokerTestExitCodes.failed : brokerTestExitCodes.ok
}
