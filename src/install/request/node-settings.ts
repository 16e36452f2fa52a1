import { isIPv6 } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod/mini'
import {
  type BrokerSettings,
  brokerSettings,
  brokerSettingsSchema,
  localProfile,
} from '../../broker/profile/broker-settings.ts'
import type { ConfigValue } from '../../edgecore/config/config.ts'
import type { CloudCore } from '../../edgecore/config/node-values.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { InstallFlags } from './install-flags.ts'

/**
 * What a node is set up to be. Stored with the receipt, so that a later install without a flag keeps it. Contains no
 * secrets.
 */
export interface NodeSettings {
  nodeName?: string
  /** HOST:PORT */
  cloudcore?: string
  /** Keys of edgecore.yaml. */
  set: Record<string, ConfigValue>
  /** False: only the broker. */
  edgecore: boolean
  /** EdgeCore is prepared but not started. */
  stage: boolean
  /** Foreign things are kept and used. */
  adopt: boolean
  /** Who reaches the broker, and its limits; absent for the profile `local` with the usual ones. */
  broker?: BrokerSettings
  /** The device service is installed. */
  devices?: boolean
  /** The node leaves its cloud for that of the token. Only in the journal: a later install does not do it again. */
  rejoin?: boolean
}

const schema = z.object({
  nodeName: z.optional(z.string()),
  cloudcore: z.optional(z.string()),
  set: z._default(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])), {}),
  edgecore: z._default(z.boolean(), true),
  stage: z._default(z.boolean(), false),
  adopt: z._default(z.boolean(), false),
  broker: z.optional(brokerSettingsSchema),
  devices: z.optional(z.boolean()),
  rejoin: z.optional(z.boolean()),
})

const anyRole = new Set(['adopt', 'allowDowngrade', 'force', 'ignore', 'yes'])

/** Throws EdgekitError (usage) for a flag that makes no sense with a cloud bundle. */
export function refuseEdgeFlags(flags: InstallFlags): void {
  const [name] = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined || anyRole.has(name) ? [] : [name],
  )
  if (name === undefined) return
  throw usage(
    `cannot use ${name} with a cloud bundle: it is for edge nodes`,
    'Leave it out, or use an edge bundle.',
  )
}

/** Merges flags into earlier settings as a journal or receipt has them. Throws EdgekitError (usage). */
export function nodeSettings(flags: InstallFlags, earlier: unknown): NodeSettings {
  const base = schema.safeParse(earlier ?? {}).data ?? schema.parse({})
  const { nodeName = base.nodeName, cloudcore = base.cloudcore } = flags
  if (nodeName !== undefined) checkNodeName(nodeName)
  if (cloudcore !== undefined) parseCloudCore(cloudcore)
  const broker = brokerSettings(flags.broker ?? {}, brokerSettings(base.broker ?? {}, localProfile))
  const settings: NodeSettings = {
    ...(nodeName !== undefined && { nodeName }),
    ...(cloudcore !== undefined && { cloudcore }),
    set: { ...base.set, ...flags.set },
    edgecore: flags.edgecore ?? base.edgecore,
    stage: flags.stage ?? base.stage,
    adopt: flags.adopt ?? base.adopt,
    ...(!isDeepStrictEqual(broker, localProfile) && { broker }),
    ...(base.devices && { devices: true }),
    ...((flags.rejoin ?? base.rejoin) && { rejoin: true }),
  }
  const edgecoreOnly = ['nodeName', 'cloudcore', 'tokenFile', 'rejoin', 'edgecoreConfig', 'set'] as const
  if (!settings.edgecore && (edgecoreOnly.some(name => flags[name] !== undefined) || flags.stage)) {
    throw usage(
      'cannot use flags for EdgeCore: this node runs only the broker (--no-edgecore)',
      'Leave them out, or add EdgeCore with --edgecore.',
    )
  }
  if (settings.adopt && settings.broker)
    throw usage(
      'cannot configure a broker that edgekit did not install (--adopt)',
      'Configure that broker yourself, or replace it: add --no-adopt --force=mosquitto.service.',
    )
  if (flags.caHash !== undefined && flags.tokenFile === undefined)
    throw usage('--ca-hash requires a token to compare with', 'Add --token-file FILE.')
  if (flags.rejoin && flags.tokenFile === undefined)
    throw usage(
      '--rejoin requires a token of the new cloud',
      'Print one on the cloud side and pass it:\n  keadm gettoken\n  ./edgekit install --rejoin --cloudcore HOST:10000 --token-file FILE',
    )
  if (settings.rejoin && settings.stage)
    throw usage(
      'cannot rejoin a staged node: EdgeCore must start to get its new certificates',
      'Start it with the same install:\n  ./edgekit install --no-stage --rejoin --cloudcore HOST:10000 --token-file FILE',
    )
  return settings
}

/** The settings without what is for one install only. */
export function lastingSettings(settings: NodeSettings): NodeSettings {
  const lasting = { ...settings }
  delete lasting.rejoin
  return lasting
}

/** Parses HOST:PORT, as `keadm join --cloudcore-ipport` takes it. Throws EdgekitError (usage). */
export function parseCloudCore(text: string): CloudCore {
  const [, six, name, digits] = /^(?:\[([^\]]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  const host = six ?? name
  if (host === undefined || (six !== undefined && !isIPv6(six)) || port < 1 || port > 65_535) {
    throw usage(
      `invalid --cloudcore ${text}: expected HOST:PORT`,
      'Use the form 192.0.2.10:10000, cloud.example:10000 or [2001:db8::10]:10000.',
    )
  }
  // The port of certificates: there is no websocket there, and EdgeCore would never connect.
  if (port === 10_002) {
    throw usage(
      `invalid --cloudcore ${text}: port 10002 serves certificates`,
      `Use the port of the websocket:\n  --cloudcore ${text.replace(/:10002$/, ':10000')}`,
    )
  }
  return { host, port }
}

/** Kubernetes requires a DNS subdomain (RFC 1123). */
function checkNodeName(name: string): void {
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
  if (name.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(name)) return
  throw usage(
    `invalid --node-name ${name}: expected a DNS name`,
    'Use lowercase letters, digits, - and dots; start and end with a letter or digit.',
  )
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
