import { type BrokerUsers, isBrokerRunning, readBrokerUsers } from '../../actions/services/broker-users.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import { changePart } from '../apply/change-part.ts'
import { interruptedBefore } from '../apply/interrupted-before.ts'
import { takeLock } from '../apply/take-lock.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { makePlan } from '../plan/plan.ts'
import type { Receipt } from '../record/receipt.ts'
import { requireManifest } from '../record/require-manifest.ts'
import { openPast } from '../record/run.ts'
import { rollBackRun } from '../undo-interrupted.ts'
import { deviceSettings } from './device-profile.ts'

export interface AccessChange {
  node: Node
  /** As the lock names it, such as `edgekit broker user add`. */
  command: string
  edgekitVersion: string
  runStep: RunStep
  signal: AbortSignal
}

interface AccessChangeParts {
  /** May throw, and return what it was given. */
  change: (found: BrokerUsers) => BrokerUsers
  /** Run the change in a second broker first. */
  isTried: boolean
  /** Fails unless the broker, if it runs, has what it should have now. */
  prove: () => Promise<void>
}

/**
 * Changes users, rules, or both, and reloads the broker once. Journaled like an install: a failure is rolled back, and what a killed
 * command of this kind has left is rolled back first, because it has not reported success. Throws EdgekitError.
 */
export async function changeAccess(
  { node, command, edgekitVersion, runStep, signal }: AccessChange,
  { change, isTried, prove }: AccessChangeParts,
): Promise<void> {
  await takeLock(node, command, runStep, signal)
  const receipt = await receiptWithoutInterruption(node, runStep, signal)
  const settings = deviceSettings(receipt)
  if (!receipt) return
  const found = await accessOf(node)
  const source = change(found)
  if (source === found) return
  await requireReload(node)
  const trial = { image: (await requireManifest(node)).broker.image, settings, source }
  const desired: DesiredStep[] = [
    ...(isTried ? [{ id: 'broker trial', kind: 'broker-trial', spec: trial } as const] : []),
    { id: 'broker users', kind: 'change-broker-users', spec: { source } },
  ]
  const name = command.replace(/^edgekit /, '')
  await changePart({
    node,
    name,
    receipt,
    attempt: { command: name, edgekit: edgekitVersion, options: receipt.options },
    interrupted: undefined,
    plan: await makePlan(desired, { history: undefined, receipt }, node),
    prove,
    desired,
    runStep,
    signal,
  })
}

async function receiptWithoutInterruption(
  node: Node,
  runStep: RunStep,
  signal: AbortSignal,
): Promise<Receipt | undefined> {
  const past = await openPast(node)
  const { history } = past.interrupted ?? {}
  if (!history) return past.receipt
  if (!/^broker (?:user|acl) /.test(history.begins.at(-1)?.command ?? ''))
    throw interruptedBefore('manage the broker', history)
  await rollBackRun(past, node, runStep, signal)
  return past.receipt
}

/** Throws EdgekitError when the running broker could not read what is written. */
async function requireReload(node: Node): Promise<void> {
  if (!(await isBrokerRunning(node)) || (await node.containerd.answers())) return
  throw new EdgekitError('nothing was changed: cannot reload the broker: containerd does not answer', {
    code: 'broker-unreachable',
    remedy: 'Find out why:\n  edgekit doctor',
  })
}

/** Users and rules. Throws EdgekitError (broker-access-unusable) when the broker would reject the rules. Read-only. */
export async function accessOf({ files }: Pick<Node, 'files'>): Promise<BrokerUsers> {
  return readBrokerUsers(files).catch((error: unknown) => {
    throw new EdgekitError(`cannot read ${paths.brokerAcl}: ${messageOf(error)}`, {
      code: 'broker-access-unusable',
      remedy: 'Correct that line, then run the command again.',
      cause: error,
    })
  })
}

/** Throws EdgekitError (broker-user-unknown) for a name that is none of the users. */
export function requireKnownUsers(names: readonly string[], { users }: BrokerUsers): void {
  const known = new Set(users.map(({ name }) => name))
  const unknown = names.find(name => !known.has(name))
  if (unknown === undefined) return
  throw new EdgekitError(`the broker has no user ${unknown}`, {
    code: 'broker-user-unknown',
    remedy: 'List the users:\n  edgekit broker user list',
  })
}
