import { readMosquittoConf } from '../../broker/mosquitto-conf.ts'
import { isWildcard } from '../../broker/profile/broker-settings.ts'
import { describeHolder, freeingLines } from '../../facts/holder.ts'
import { identify } from '../../facts/listeners.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import { brokerControlGroup, paths } from '../../node/paths.ts'

const isEverywhere = (address: string): boolean => address === '' || isWildcard(address)

/**
 * Any user can take a port from 1024 on before the broker does, which then does not start. Throws EdgekitError with the program
 * that has a port of mosquitto.conf.
 */
export async function requireFreePorts(node: Node): Promise<void> {
  const wanted = readMosquittoConf((await node.files.read(paths.brokerConfig)) ?? '').listeners
  const taken = (await node.network.listeners()).find(
    ({ address, port, owner }) =>
      !(owner?.controlGroup.endsWith(brokerControlGroup) ?? false) &&
      wanted.some(
        listener =>
          listener.port === port &&
          (isEverywhere(address) || isEverywhere(listener.address) || listener.address === address),
      ),
  )
  if (!taken) return
  const held = await identify(taken, node, true)
  throw new EdgekitError(`cannot open a port of the broker: ${describeHolder(held)}`, {
    code: 'preflight-failed',
    remedy: freeingLines(held).join('\n'),
  })
}
