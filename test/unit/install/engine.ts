import { createHash } from 'node:crypto'
import { executePlan, type Transaction } from '../../../src/install/apply/execute-plan.ts'
import { rollBack } from '../../../src/install/apply/roll-back.ts'
import type { DesiredStep } from '../../../src/install/desired/step-makers.ts'
import { type ForeignPolicy, makePlan } from '../../../src/install/plan/plan.ts'
import { openPast, type Run } from '../../../src/install/record/run.ts'
import type { RunStep } from '../../../src/lib/step.ts'
import type { TinyNode } from '../actions/tiny-node.ts'

export const bundle = {
  name: 'kubeedge-edge',
  kubeedgeVersion: 'v1.22.0',
  arch: 'amd64',
  manifestSha256: '0',
}

/** Writes a file that is edgekit's own. */
export const fileStep = (path: string, text: string): DesiredStep => ({
  id: path,
  kind: 'file',
  spec: {
    path,
    source: { text },
    sha256: createHash('sha256').update(text).digest('hex'),
    ours: true,
    mode: 0o644,
    uid: 0,
    gid: 0,
  },
})

export const runStep: RunStep = (_, work) => work(() => {})

/** The process is killed after that many steps. */
export function killedAfter(count: number): RunStep {
  let left = count
  return async (title, work) => {
    if (left === 0) throw new Error('killed')
    const result = await runStep(title, work)
    if (--left === 0) throw new Error('killed')
    return result
  }
}

/** Makes a node as desired, with journal and receipt. Returns the ids of the changes. */
export async function perform(
  node: TinyNode,
  desired: readonly DesiredStep[],
  { policy, ...changes }: Partial<Transaction> & { policy?: ForeignPolicy } = {},
): Promise<string[]> {
  const { interrupted, receipt: previous } = await openPast(node)
  const plan = await makePlan(desired, { history: interrupted?.history, receipt: previous }, node, policy)
  if (plan.foreign.length > 0) throw new Error(`in the way: ${plan.foreign.map(({ id }) => id).join()}`)
  await executePlan({
    node,
    name: 'install',
    attempt: { command: 'install', edgekit: '0', bundle },
    interrupted,
    plan,
    prove: async () => {},
    previous,
    head: { edgekit: '0', bundle, options: {} },
    desired,
    rollBackOnFailure: true,
    runStep,
    signal: new AbortController().signal,
    ...changes,
  })
  return plan.steps.map(({ id }) => id)
}

async function interruptedRun(node: TinyNode): Promise<Run> {
  const { interrupted } = await openPast(node)
  if (!interrupted) throw new Error('nothing was interrupted')
  return interrupted
}

/** The same, but the process is killed after all changes and before the receipt. */
export async function performUnfinished(node: TinyNode, desired: readonly DesiredStep[]): Promise<Run> {
  const prove = () => Promise.reject(new Error('killed'))
  await perform(node, desired, { prove, rollBackOnFailure: false }).catch(() => {})
  return interruptedRun(node)
}

/** Rolls back the interrupted run. Returns what could not be rolled back. */
export async function rollBackOn(node: TinyNode): Promise<string[]> {
  const { interrupted, receipt } = await openPast(node)
  if (!interrupted) throw new Error('nothing was interrupted')
  return (await rollBack(interrupted, receipt, node, runStep)).unreverted
}
