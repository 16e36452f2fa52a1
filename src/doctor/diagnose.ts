import type { CheckResult } from '../checks/check.ts'
import { checksFor } from '../checks/index.ts'
import { runChecks } from '../checks/run.ts'
import { exitCodes } from '../errors.ts'
import { collectFacts, type Facts } from '../facts/index.ts'
import type { Node } from '../node/node.ts'

export interface Report {
  schemaVersion: 1
  node: { hostName: string; os: string; arch: string } | undefined
  /** Of the bundle installed here; undefined when there is none. */
  kubeedgeVersion: string | undefined
  /** ISO 8601. */
  at: string
  /** Ids of the failed checks that no other failed check explains. */
  causes: string[]
  checks: CheckResult[]
  summary: Record<CheckResult['status'], number>
}

const valueIn = <K extends keyof Facts>(facts: Facts, name: K) => {
  const fact = facts[name]
  return 'value' in fact ? (fact.value as Extract<Facts[K], { value: unknown }>['value']) : undefined
}

/** Look at a node and say what is wrong with it. Changes nothing. */
export async function diagnose(node: Node): Promise<Report> {
  const facts = await collectFacts(node)
  const checks = runChecks(checksFor('doctor'), facts)
  const machine = valueIn(facts, 'machine')
  const count = (status: CheckResult['status']) => checks.filter(check => check.status === status).length
  return {
    schemaVersion: 1,
    node: machine && { hostName: machine.hostName, os: machine.os, arch: machine.arch },
    kubeedgeVersion: valueIn(facts, 'bundle')?.kubeedgeVersion,
    at: new Date().toISOString(),
    causes: checks.filter(({ status }) => status === 'fail').map(({ id }) => id),
    checks,
    summary: {
      pass: count('pass'),
      warn: count('warn'),
      fail: count('fail'),
      skip: count('skip'),
      error: count('error'),
    },
  }
}

/** The same in every output format: 3 something is wrong, 5 something could not be looked at, 0 otherwise. */
export function exitCodeOf({ summary }: Report): number {
  if (summary.fail > 0) return exitCodes.refused
  return summary.error > 0 ? exitCodes.notClean : exitCodes.ok
}
