import { isIP } from 'node:net'
import * as z from 'zod/mini'
import { EdgekitError } from '../../lib/errors.ts'
import { type BrokerLimits, checkLimits, limitsSchema } from './broker-limits.ts'

/** The settings of the broker as a person gives them: in an answers file, as flags, and in the receipt. */
export const brokerSettingsSchema = z.strictObject({
  profile: z.optional(z.enum(['local', 'devices'])),
  addresses: z.optional(z.array(z.string())),
  names: z.optional(z.array(z.string())),
  websockets: z.optional(z.boolean()),
  allowPlaintextListener: z.optional(z.boolean()),
  plaintextWebsockets: z.optional(z.boolean()),
  clientCertificates: z.optional(z.boolean()),
  ...limitsSchema,
})

export type BrokerFlags = z.infer<typeof brokerSettingsSchema>

/** Devices of the network over TLS; every client authenticates. */
export interface DeviceSettings {
  profile: 'devices'
  /** IP addresses of this node that the TLS listeners bind to. */
  addresses: string[]
  /** More host names and addresses for the server certificate. */
  names: string[]
  /** Also MQTT over WebSockets, over TLS. */
  websockets: boolean
  /** Also MQTT without TLS on port 1883 of the addresses. */
  allowPlaintextListener?: true
  /** The WebSockets have no TLS. */
  plaintextWebsockets?: true
  /** Devices need a certificate of this node's CA for devices, besides their password. */
  clientCertificates?: true
}

/** Who reaches the broker, and how much they may use of it. Programs of this node need no authentication with `local`. */
export type BrokerSettings = ({ profile: 'local' } | DeviceSettings) & BrokerLimits

export const localProfile: BrokerSettings = { profile: 'local' }

/** The ports of mosquitto(8): MQTT over TLS, and WebSockets. */
export const tlsPort = 8883
export const websocketsPort = 9001

/** Every address of this machine, for IPv4 and for IPv6. */
export const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::'

const ofDevices = [
  'addresses',
  'names',
  'websockets',
  'allowPlaintextListener',
  'plaintextWebsockets',
  'clientCertificates',
] as const

/**
 * Merges flags into earlier settings. Throws EdgekitError (usage) for settings that the broker cannot have.
 */
export function brokerSettings(flags: BrokerFlags, earlier: BrokerSettings): BrokerSettings {
  const profile = flags.profile ?? earlier.profile
  const limits = checkLimits(flags, earlier)
  if (profile === 'local') {
    const unused = ofDevices.find(name => flags[name] !== undefined)
    if (unused)
      throw usage(
        `cannot use ${unused} of the broker with the profile local: it is only for programs on this node`,
        'Choose the profile devices, too, or leave it out.',
      )
    return { profile, ...limits }
  }
  const base: DeviceSettings =
    earlier.profile === 'devices' ? earlier : { profile, addresses: [], names: [], websockets: false }
  const websockets = flags.websockets ?? base.websockets
  const allowPlaintextListener = flags.allowPlaintextListener ?? base.allowPlaintextListener ?? false
  const mayBePlain = websockets && allowPlaintextListener
  if (flags.plaintextWebsockets && !mayBePlain)
    throw usage(
      'plaintextWebsockets requires websockets and allowPlaintextListener',
      'Allow them, too:\n  edgekit broker configure --websockets --allow-plaintext-listener --set plaintextWebsockets=true',
    )
  const settings: DeviceSettings = {
    profile,
    addresses: [...new Set(flags.addresses ?? base.addresses)],
    names: [...new Set(flags.names ?? base.names)],
    websockets,
    ...(allowPlaintextListener && { allowPlaintextListener }),
    ...((flags.plaintextWebsockets ?? base.plaintextWebsockets) &&
      mayBePlain && { plaintextWebsockets: true }),
    ...((flags.clientCertificates ?? base.clientCertificates) && { clientCertificates: true }),
  }
  if (settings.addresses.length === 0)
    throw usage(
      'the profile devices requires an address for its listeners',
      'Name the address at which devices reach this node, or 0.0.0.0 for all:\n  edgekit broker configure --profile devices --address 192.0.2.10\nFor an install, the flags are --broker-profile and --broker-address.',
    )
  for (const address of settings.addresses) checkAddress(address)
  if (settings.addresses.length > 1 && settings.addresses.some(isWildcard))
    throw usage(
      'cannot bind to all addresses and to one of them',
      'Name the addresses, or only 0.0.0.0 or ::.',
    )
  for (const name of settings.names) checkName(name)
  return { ...settings, ...limits }
}

function checkAddress(address: string): void {
  if (isIP(address) === 0)
    throw usage(
      `invalid broker address ${address}: expected an IP address`,
      'Use an address of this node, such as 192.0.2.10.',
    )
  if (/^127\.|^::1$/.test(address))
    throw usage(
      `invalid broker address ${address}: no device reaches it`,
      'Use an address of this node in the network. Programs on this node use 127.0.0.1:1883.',
    )
}

function checkName(name: string): void {
  const label = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?'
  if (isIP(name) || (name.length <= 253 && new RegExp(`^${label}(\\.${label})*$`, 'i').test(name))) return
  throw usage(
    `invalid broker name ${name}: expected a host name or an IP address`,
    'Use the name with which devices connect, such as broker.example.',
  )
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
