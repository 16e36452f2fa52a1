import { lookup } from 'node:dns/promises'
import { BlockList } from 'node:net'
import { addressOf, type Target } from '../../broker-test/target.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'

/** Loopback, private and link-local addresses (RFC 6890, RFC 4193, RFC 6598). */
const own = new BlockList()
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  own.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  own.addSubnet(network, prefix, 'ipv6')

/**
 * A load test of somebody else's broker is an attack. Throws EdgekitError (public-address) for a host with an address that is
 * neither loopback nor private.
 */
export async function requireOwnBroker(target: Target): Promise<void> {
  const addresses = await lookup(target.host, { all: true }).catch(error => {
    throw new EdgekitError(`cannot test ${addressOf(target)}: ${messageOf(error)}`, {
      code: 'broker-not-testable',
      remedy: 'Check the host name.',
      cause: error,
    })
  })
  const foreign = addresses.find(({ address, family }) => !own.check(address, family === 6 ? 'ipv6' : 'ipv4'))
  if (!foreign) return
  throw new EdgekitError(`refusing to load ${addressOf(target)}: ${foreign.address} is a public address`, {
    code: 'public-address',
    remedy: 'If you run this broker, add --yes-this-is-my-broker.',
  })
}
