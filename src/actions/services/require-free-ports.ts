import { readMosquittoConf } from '../../broker/mosquitto-conf.ts'
import { isWildcard } from '../../broker/profile/broker-settings.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { hostPort } from '../../lib/format.ts'
import type { Node } from '../../node/node.ts'
import { brokerControlGroup, paths } from '../../node/paths.ts'

const isEverywhere = (address: string): boolean => address === '' || isWildcard(address)

/**
 * Any user can take a port from 1024 on before the broker does, which then does not start. Throws EdgekitError with the program
 * that has a port of mosquitto.conf.
 */
export async function requireFreePorts({ files, network }: Pick<Node, 'files' | 'network'>): Promise<void> {
  const wanted = readMosquittoConf((await files.read(paths.brokerConfig)) ?? '').listeners
  const taken = (await network.listeners()).find(
    ({ address, port, owner }) =>
      !(owner?.controlGroup.endsWith(brokerControlGroup) ?? false) &&
      wanted.some(
        listener =>
          listener.port === port &&
          (isEverywhere(address) || isEverywhere(listener.address) || listener.address === address),
      ),
  )
  if (!taken) return
  const { address, port, owner } = taken
  const holder = owner ? `${owner.program} (pid ${owner.pid})` : 'another program'
  const look = owner ? `systemctl status ${owner.pid} --no-pager` : `ss -ltnp 'sport = :${port}'`
  throw new EdgekitError(`cannot listen on ${hostPort(address, port)}: it is in use by ${holder}`, {
    code: 'preflight-failed',
    remedy: `Stop that program, then run the command again:\n  ${look}`,
  })
}
