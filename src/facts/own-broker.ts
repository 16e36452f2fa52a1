import { isWildcard } from '../broker/profile/broker-settings.ts'
import { EdgekitError } from '../lib/errors.ts'
import type { Node } from '../node/node.ts'
import { broker, brokerControlGroup, paths } from '../node/paths.ts'
import { describeHolder, freeingLines } from './holder.ts'
import { identify } from './listeners.ts'

/**
 * Before a password goes to port 1883: any user can take the port while the broker of this node is stopped. Throws EdgekitError
 * (broker-unreachable) with the program that has it in place of edgekit's broker; a broker of another's is not judged.
 */
export async function requireOwnBroker(node: Node): Promise<void> {
  const unit = (await node.files.read(paths.brokerUnit)) ?? ''
  if (!/^ExecStartPre=.*\/prepare-broker\s/m.test(unit)) return
  const taken = (await node.network.listeners()).find(
    ({ address, port, owner }) =>
      port === broker.port &&
      (address === broker.host || isWildcard(address)) &&
      // Only root sees whose it is.
      owner &&
      !owner.controlGroup.endsWith(brokerControlGroup),
  )
  if (!taken) return
  const held = await identify(taken, node)
  throw new EdgekitError(`cannot log in at the broker: ${describeHolder(held)}`, {
    code: 'broker-unreachable',
    remedy: freeingLines(held).join('\n'),
  })
}
