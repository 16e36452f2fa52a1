import { isBrokerRunning } from '../../actions/services/broker-users.ts'
import { waitForLogin } from '../../broker/access/wait-for-login.ts'
import type { BrokerEndpoint } from '../../broker/connect.ts'
import { requireOwnBroker } from '../../facts/own-broker.ts'
import type { Node } from '../../node/node.ts'
import { broker } from '../../node/paths.ts'

/**
 * Logs in at the broker of this node if it runs, and at no other program that has taken its port. Throws an Error when the broker does
 * not accept the login within 15 s, on a slow machine later.
 */
export async function logIn(login: BrokerEndpoint['login'], node: Node): Promise<void> {
  if (!(await isBrokerRunning(node))) return
  await requireOwnBroker(node)
  await waitForLogin({ ...broker, login }, 15_000)
}
