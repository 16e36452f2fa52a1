import { tryBroker } from '../../actions/services/broker-trial.ts'
import {
  type BrokerUsers,
  readBrokerUsers,
  reloadBroker,
  writeBrokerUsers,
} from '../../actions/services/broker-users.ts'
import { readLocalLogin } from '../../broker/access/local-login.ts'
import { waitForLogin } from '../../broker/access/wait-for-login.ts'
import type { BrokerSettings } from '../../broker/profile/broker-settings.ts'
import { requireOwnBroker } from '../../facts/own-broker.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { broker, paths, units } from '../../node/paths.ts'
import { takeLock } from '../apply/take-lock.ts'
import { requireManifest } from '../record/require-manifest.ts'
import { requireDeviceProfile } from './device-profile.ts'

export interface AccessChange {
  node: Node
  /** As the lock names it, such as `edgekit broker user add`. */
  command: string
  runStep: RunStep
  signal: AbortSignal
}

/**
 * Changes users, rules, or both, and reloads the broker once. `change` may throw, and return what it was given. Throws
 * EdgekitError.
 */
export async function changeAccess(
  { node, command, runStep, signal }: AccessChange,
  change: (found: BrokerUsers) => BrokerUsers,
): Promise<void> {
  await takeLock(node, command, runStep, signal)
  await requireDeviceProfile(node)
  await writeBrokerUsers(change(await accessOf(node)), node.files)
  // A stopped broker reads the files when it starts.
  if (await isBrokerRunning(node)) await reloadBroker(node)
}

/**
 * The same for rules, which can shut out EdgeCore: they first run in a second broker on other ports, and the old ones are restored
 * when EdgeCore cannot log in afterwards.
 */
export async function changeRules(
  { node, command, runStep, signal }: AccessChange,
  change: (found: BrokerUsers) => BrokerUsers,
): Promise<void> {
  await takeLock(node, command, runStep, signal)
  const settings = await requireDeviceProfile(node)
  const found = await accessOf(node)
  const changed = change(found)
  if (changed === found) return
  await runStep('Try the rules in a broker on other ports', () => tryRules(settings, changed, node))
  signal.throwIfAborted()
  await writeBrokerUsers(changed, node.files)
  if (!(await isBrokerRunning(node))) return
  await runStep('Reload the broker', () => reloadOrRestore(found, node))
}

async function tryRules(settings: BrokerSettings, changed: BrokerUsers, node: Node): Promise<void> {
  const manifest = await requireManifest(node)
  await tryBroker({ image: manifest.broker.image, settings }, node, changed).catch((error: unknown) => {
    throw new EdgekitError(`nothing was changed: ${messageOf(error)}`, {
      code: 'broker-access-unusable',
      remedy:
        'Keep what EdgeCore and the roles need:\n  edgekit broker acl list\nIf containerd is the cause, run:\n  edgekit doctor',
      cause: error,
    })
  })
}

async function reloadOrRestore(before: BrokerUsers, node: Node): Promise<void> {
  try {
    await reloadBroker(node)
    const login = await readLocalLogin(node.files)
    await requireOwnBroker(node)
    await waitForLogin({ ...broker, login }, 15_000)
  } catch (error) {
    await writeBrokerUsers(before, node.files)
    await reloadBroker(node).catch(() => undefined)
    throw new EdgekitError(`the change failed; the earlier rules were restored: ${messageOf(error)}`, {
      code: 'rolled-back',
      remedy: 'Find out why:\n  edgekit doctor',
      cause: error,
    })
  }
}

/** Whether the broker of this node runs. */
export const isBrokerRunning = async ({ systemd }: Pick<Node, 'systemd'>): Promise<boolean> =>
  (await systemd.unit(units.broker)).active === 'active'

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
  const unknown = names.find(name => !users.some(user => user.name === name))
  if (unknown === undefined) return
  throw new EdgekitError(`the broker has no user ${unknown}`, {
    code: 'broker-user-unknown',
    remedy: 'List the users:\n  edgekit broker user list',
  })
}
