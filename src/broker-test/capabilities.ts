import type { Qos, Version } from '../mqtt/packet.ts'
import { numberIn, type Properties } from '../mqtt/properties.ts'

/** What the broker announced or showed before the tests began. */
export interface Capabilities {
  /** Why a version cannot be tested; undefined when the broker accepts it. */
  refused: Partial<Record<Version, string>>
  maximumQos: Qos
  retain: boolean
  wildcards: boolean
  shared: boolean
  subscriptionIds: boolean
  /** 0: the broker accepts no aliases. */
  topicAliasMaximum: number
  /** QoS 1 and 2 messages that the broker accepts before it acknowledges them. */
  receiveMaximum: number
  /** In bytes; undefined: the protocol's limit. */
  maximumPacketSize: number | undefined
  /** Set when the broker overrides the keep alive of clients. */
  serverKeepAliveSeconds: number | undefined
  /** Whether a subscription to `$SYS/#` receives something. */
  systemTopics: boolean
  /** How long after its SUBACK a subscription took effect. */
  subscriptionDelayMs: number
}

/** The capabilities in the CONNACK of MQTT 5 (section 3.2.2.3). A broker of MQTT 3.1.1 announces nothing. */
export const announcedIn = (
  properties: Properties,
): Omit<Capabilities, 'refused' | 'systemTopics' | 'subscriptionDelayMs'> => {
  const value = (name: Parameters<typeof numberIn>[1]): number | undefined => numberIn(properties, name)
  return {
    maximumQos: value('maximumQos') === 0 ? 0 : value('maximumQos') === 1 ? 1 : 2,
    retain: value('retainAvailable') !== 0,
    wildcards: value('wildcardAvailable') !== 0,
    shared: value('sharedAvailable') !== 0,
    subscriptionIds: value('subscriptionIdAvailable') !== 0,
    topicAliasMaximum: value('topicAliasMaximum') ?? 0,
    receiveMaximum: value('receiveMaximum') ?? 65_535,
    maximumPacketSize: value('maximumPacketSize'),
    serverKeepAliveSeconds: value('serverKeepAlive'),
  }
}

/** What a user can declare, because MQTT 3.1.1 has no way to announce it. */
const declarations = {
  'max-qos=0': { maximumQos: 0 },
  'max-qos=1': { maximumQos: 1 },
  'retain=no': { retain: false },
  'wildcards=no': { wildcards: false },
  'shared=no': { shared: false },
} as const satisfies Record<string, Partial<Capabilities>>

export type Declaration = keyof typeof declarations
export const declarationNames = Object.keys(declarations) as Declaration[]

/** What the broker lacks according to its user. */
export const declared = (names: readonly Declaration[]): Partial<Capabilities> =>
  Object.assign({}, ...names.map(name => declarations[name]))

/** What a test can need. Each returns why the broker lacks it. */
const needs = {
  qos1: ({ maximumQos }) => (maximumQos < 1 ? 'the broker has Maximum QoS 0' : undefined),
  qos2: ({ maximumQos }) => (maximumQos < 2 ? `the broker has Maximum QoS ${maximumQos}` : undefined),
  retain: ({ retain }) => (retain ? undefined : 'the broker keeps no retained messages'),
  'no-retain': ({ retain }) => (retain ? 'the broker keeps retained messages' : undefined),
  'qos-limit': ({ maximumQos }) => (maximumQos < 2 ? undefined : 'the broker accepts QoS 2'),
  wildcards: ({ wildcards }) => (wildcards ? undefined : 'the broker has no wildcard subscriptions'),
  shared: ({ shared }) => (shared ? undefined : 'the broker has no shared subscriptions'),
  'subscription-ids': ({ subscriptionIds }) =>
    subscriptionIds ? undefined : 'the broker has no subscription identifiers',
  'topic-alias': ({ topicAliasMaximum }) =>
    topicAliasMaximum > 0 ? undefined : 'the broker accepts no topic aliases',
  'packet-limit': ({ maximumPacketSize = Number.POSITIVE_INFINITY }) =>
    maximumPacketSize <= 4 * 1024 * 1024
      ? undefined
      : 'the broker announced no Maximum Packet Size up to 4 MiB',
  'system-topics': ({ systemTopics }) => (systemTopics ? undefined : 'nothing arrives from $SYS/#'),
  'client-keep-alive': ({ serverKeepAliveSeconds }) =>
    serverKeepAliveSeconds === undefined
      ? undefined
      : `the broker sets a keep alive of ${serverKeepAliveSeconds} s for all clients`,
} as const satisfies Record<string, (capabilities: Capabilities) => string | undefined>

export type Need = keyof typeof needs

/** The first reason why a test with these needs cannot run in this version. */
export function missingFor(
  capabilities: Capabilities,
  version: Version,
  wanted: readonly Need[],
): string | undefined {
  return (
    capabilities.refused[version] ??
    wanted.map(need => needs[need](capabilities)).find(reason => reason !== undefined)
  )
}
