import { type DeviceSettings, localProfile } from '../../broker/profile/broker-settings.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import { interruptedBefore } from '../apply/interrupted-before.ts'
import { readPast } from '../record/past.ts'
import type { Receipt } from '../record/receipt.ts'
import { nodeSettings } from '../request/node-settings.ts'

/**
 * The settings of a broker that devices reach. Throws EdgekitError when nothing is installed, when a command was interrupted,
 * and for the profile `local`, which has neither users nor certificates. Read-only.
 */
export async function requireDeviceProfile({ files }: Pick<Node, 'files'>): Promise<DeviceSettings> {
  const { history, receipt } = await readPast(files)
  if (history) throw interruptedBefore('manage the broker', history)
  return deviceSettings(receipt)
}

/** The same by the receipt, also after an interruption. */
export function deviceSettings(receipt: Receipt | undefined): DeviceSettings {
  if (!receipt)
    throw new EdgekitError('cannot manage the broker: edgekit has not installed one on this machine', {
      code: 'not-installed',
      remedy: 'Install a bundle first:\n  ./edgekit install',
    })
  const { broker = localProfile } = nodeSettings({}, receipt.options)
  if (broker.profile === 'devices') return broker
  throw new EdgekitError(
    'cannot manage users, rules and certificates: the broker has none, because its profile is local: every program on this node can connect',
    {
      code: 'broker-profile-local',
      remedy:
        'Let devices reach the broker, at an address of this node:\n  edgekit broker configure --profile devices --address 192.0.2.10',
    },
  )
}
