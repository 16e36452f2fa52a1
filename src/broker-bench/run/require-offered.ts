import type { Capabilities } from '../../broker-test/capabilities.ts'
import { addressOf, type Target } from '../../broker-test/target.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Load } from '../settings.ts'

/** Topic, packet identifier and header of a PUBLISH. */
const aroundPayload = 40

/** Refuse a load that the broker announces not to take. Throws EdgekitError (beyond-broker). */
export function requireOffered(
  target: Target,
  { qos, shared, size }: Load,
  { maximumQos, shared: isShared, maximumPacketSize }: Capabilities,
): void {
  const most = maximumPacketSize === undefined ? undefined : maximumPacketSize - aroundPayload
  const reason =
    qos > maximumQos
      ? `its highest QoS is ${maximumQos}`
      : shared && !isShared
        ? 'it does not offer shared subscriptions'
        : most !== undefined && size > most
          ? `its largest payload is ${most} bytes`
          : undefined
  if (reason === undefined) return
  throw new EdgekitError(`cannot load ${addressOf(target)} like this: ${reason}`, {
    code: 'beyond-broker',
    remedy: 'Change --qos, --shared or --size.',
  })
}
