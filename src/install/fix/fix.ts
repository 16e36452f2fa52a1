import type { Manifest } from '../../bundle/manifest.ts'
import { installedBase } from '../../bundle/payload.ts'
import type { CheckResult } from '../../checks/check.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import { changePart } from '../apply/change-part.ts'
import { interruptedBefore } from '../apply/interrupted-before.ts'
import { takeLock } from '../apply/take-lock.ts'
import { waitForBrokerConnection } from '../apply/wait-for-broker-connection.ts'
import { waitForJoin } from '../apply/wait-for-join.ts'
import type { PlannedStep } from '../plan/plan.ts'
import { actionOf, titleOf } from '../record/action-of.ts'
import type { Receipt } from '../record/receipt.ts'
import { openPast } from '../record/run.ts'
import { type FixStep, fixSteps } from './fix-steps.ts'
import { installedTexts } from './installed-texts.ts'

/** What `doctor --fix` would do. */
export interface FixPlan {
  /** In the order of an install; empty when edgekit can fix nothing. */
  steps: PlannedStep[]
  /** The checks these steps fix. */
  fixes: CheckResult[]
  /** The problems left to the user. */
  manual: CheckResult[]
}

export interface FixOptions<R> {
  node: Node
  edgekitVersion: string
  /** The installed bundle; undefined when it cannot be read. */
  manifest: Manifest | undefined
  /** Runs the checks again. */
  recheck: () => Promise<R>
  /** Shows the plan and asks. */
  confirm: (plan: FixPlan) => Promise<boolean>
  runStep: RunStep
  signal: AbortSignal
}

/** A failure can hide others: containerd comes first, then the broker, then EdgeCore. */
const maxRounds = 3

/**
 * Fixes what can be fixed safely and checks again until nothing is left to do. Returns the last report. Throws
 * EdgekitError when not run by root, when another edgekit is running or was interrupted, and when a step fails.
 */
export async function fixNode<R extends { checks: readonly CheckResult[] }>(
  report: R,
  options: FixOptions<R>,
): Promise<R> {
  const { node, recheck, confirm, runStep, signal } = options
  if (!(await node.machine()).isRoot) throw notRoot()
  await takeLock(node, 'edgekit doctor --fix', runStep, signal)
  const { interrupted, receipt } = await openPast(node)
  if (interrupted) throw interruptedBefore('fix this node', interrupted.history)
  let latest = report
  for (let round = 0; round < maxRounds; round++) {
    const plan = await planFixes(latest.checks, receipt, options)
    if (!(await confirm(plan)) || !receipt) break
    await applyFixes(plan, receipt, options)
    latest = await recheck()
    if (isHealthy(latest.checks)) break
  }
  return latest
}

/** Whether there is nothing to fix. */
export const isHealthy = (results: readonly CheckResult[]): boolean =>
  results.every(({ status }) => status === 'pass' || status === 'skip')

/** Only what an install did on this node is repeated, so without a receipt nothing can be fixed. Read-only. */
async function planFixes(
  results: readonly CheckResult[],
  receipt: Receipt | undefined,
  { node, manifest }: Pick<FixOptions<unknown>, 'node' | 'manifest'>,
): Promise<FixPlan> {
  const texts = receipt && manifest ? installedTexts(manifest, receipt) : {}
  const edgecoreBase = manifest && installedBase(manifest)
  const chosen = new Map<string, FixStep & PlannedStep>()
  const fixes: CheckResult[] = []
  const manual: CheckResult[] = []
  for (const result of results.filter(({ status }) => status === 'fail' || status === 'warn')) {
    const { fix } = result.remedy ?? {}
    const steps = fix && receipt ? fixSteps(fix, { receipt, texts, edgecoreBase }) : []
    const needed = await neededOf(steps, node)
    if (needed.length === 0) manual.push(result)
    else fixes.push(result)
    for (const step of needed) chosen.set(step.id, { ...chosen.get(step.id), ...step })
  }
  const steps = [...chosen.values()].toSorted((a, b) => order(a) - order(b))
  return { steps, fixes, manual }
}

/** As in an install: dependencies first, the broker before EdgeCore. */
const order = (step: FixStep): number => {
  if (step.kind === 'unit-unmasked') return -1
  if (step.kind === 'file' || step.kind === 'link') return 0
  if (step.kind === 'unit-enabled') return 1
  if (step.kind === 'daemon-reload') return 2
  if (step.id === units.containerd) return 3
  if (step.kind === 'image' || step.kind === 'containerd-uuid') return 4
  if (step.id === units.broker) return 5
  if (step.kind === 'broker-answers') return 6
  return step.kind === 'unit-running' ? 8 : 7
}

/** The steps still needed; none at all when one of them would replace something foreign. */
async function neededOf(steps: readonly FixStep[], node: Node): Promise<(FixStep & PlannedStep)[]> {
  const needed: (FixStep & PlannedStep)[] = []
  for (const step of steps) {
    // Without a text to start from, only the keys of a file that is there can be set.
    if (
      step.kind === 'edgecore-config' &&
      step.spec.base === undefined &&
      !(await node.files.status(step.spec.path))
    )
      return []
    // Waiting for the broker makes sense only after another step.
    const isRepeated = step.always || step.kind === 'broker-answers'
    const inspection =
      step.kind === 'broker-answers' ? 'needed' : await actionOf(step.kind).inspect(step.spec, node)
    if (inspection === 'foreign' && !isRepeated) return []
    if (inspection === 'needed' || isRepeated) needed.push({ ...step, title: await titleOf(step, node) })
  }
  return needed.every(({ kind }) => kind === 'broker-answers') ? [] : needed
}

/** Journaled like an install; a failure is rolled back. */
async function applyFixes<R>(
  { steps, fixes }: FixPlan,
  receipt: Receipt,
  { node, edgekitVersion, runStep, signal }: FixOptions<R>,
): Promise<void> {
  await changePart({
    node,
    name: 'fix',
    receipt,
    attempt: { command: 'doctor --fix', edgekit: edgekitVersion },
    interrupted: undefined,
    plan: { undo: [], steps, foreign: [], kept: [] },
    prove: async () => {
      await waitForBrokerConnection(node, runStep, 15_000)
      if (fixes.some(({ remedy }) => remedy?.fix?.kind === 'register'))
        await runStep('Wait for EdgeCore to join the cloud', note => waitForJoin(node, note, signal))
    },
    desired: [],
    runStep,
    signal,
  })
}

const notRoot = (): EdgekitError =>
  new EdgekitError('cannot fix this node: root permissions are required', {
    code: 'permission-denied',
    remedy: 'Run it as root:\n  sudo edgekit doctor --fix',
  })
