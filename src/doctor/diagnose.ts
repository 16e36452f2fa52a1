import type { CheckResult } from '../checks/check.ts'
import { runChecks } from '../checks/run-checks.ts'
import type { Facts } from '../facts/index.ts'
import { doctorExitCodes } from '../lib/exit-codes.ts'
import { createRedactor } from './redact.ts'
import type { Report } from './report-schema.ts'
import type { Selection } from './select.ts'

export interface DiagnoseOptions {
  selection: Selection
  /** Do warnings change the exit code? */
  strict: boolean
  /** The version of edgekit. */
  edgekit: string
  /** When the facts were collected. */
  at: Date
}

const valueIn = <K extends keyof Facts>(facts: Facts, name: K) => {
  const fact = facts[name]
  return 'value' in fact ? (fact.value as Extract<Facts[K], { value: unknown }>['value']) : undefined
}

/** Build a report from the facts about a node. The same facts give the same report on any machine. */
export function diagnose(facts: Facts, { selection, strict, edgekit, at }: DiagnoseOptions): Report {
  const results = runChecks(selection.checks, facts, { ignored: selection.ignored })
  const checks = withoutSecrets(
    results.filter(result => selection.shows(result)),
    facts,
  )
  const machine = valueIn(facts, 'machine')
  const bundle = valueIn(facts, 'bundle')
  const count = (status: CheckResult['status']) => checks.filter(check => check.status === status).length
  const summary = {
    pass: count('pass'),
    warn: count('warn'),
    fail: count('fail'),
    skip: count('skip'),
    error: count('error'),
  }
  return {
    schemaVersion: 1,
    edgekit,
    ...(machine && { node: { hostName: machine.hostName, os: machine.os, arch: machine.arch } }),
    ...(bundle && { kubeedgeVersion: bundle.kubeedgeVersion }),
    at: at.toISOString(),
    exitCode: exitCodeOf(summary, strict),
    // A failure that another one explains was skipped, so every failure left is a cause.
    causes: checks.filter(({ status }) => status === 'fail').map(({ id }) => id),
    checks,
    summary,
  }
}

function exitCodeOf({ fail, error, warn }: Report['summary'], strict: boolean): Report['exitCode'] {
  if (fail > 0) return doctorExitCodes.failed
  if (error > 0) return doctorExitCodes.notChecked
  return warn > 0 && strict ? doctorExitCodes.warnings : doctorExitCodes.ok
}

/** Observations and evidence can be log lines, and log lines can contain secrets. */
function withoutSecrets(checks: readonly CheckResult[], facts: Facts): CheckResult[] {
  const redactor = createRedactor()
  redactor.learnData(facts.edgecoreConfig)
  return checks.map(check => ({
    ...check,
    observed: redactor.text(check.observed),
    ...(check.evidence && { evidence: check.evidence.map(line => redactor.text(line)) }),
  }))
}
