import type { Action } from '../action.ts'
import { reloadBroker, reloadIfRunning } from './broker-users.ts'

/** Lets the broker read users, rules, and the certificates of plain TLS listeners again; clients stay connected. */
export const brokerReload: Action<Record<string, never>, null> = {
  kind: 'broker-reload',
  describe: () => 'Reload the broker',
  inspect: async () => 'done',
  capture: async () => null,
  apply: (_, node) => reloadBroker(node),
  revert: async () => {},
  // Only now its files are those of before.
  restartAfterRollback: (_, __, node) => reloadIfRunning(node),
}
