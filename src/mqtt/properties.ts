import type { PacketType } from './packet.ts'

type Kind = 'byte' | 'uint16' | 'uint32' | 'varint' | 'text' | 'binary' | 'pair'

interface PropertyRule {
  id: number
  kind: Kind
  /** The packets that may have it; `will` is the Will Properties of CONNECT. */
  in: readonly (PacketType | 'will')[]
  /** Whether a sender may repeat it. */
  repeats?: true
  /** The values a sender may use. */
  allows?: (value: number) => boolean
}

const acks = ['puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback'] as const
const isFlag = (value: number): boolean => value <= 1
const isPositive = (value: number): boolean => value > 0

/** MQTT 5, table 2-4, with the limits of the sections that describe each property. */
const propertyRules = {
  payloadFormat: { id: 1, kind: 'byte', in: ['publish', 'will'], allows: isFlag },
  messageExpiry: { id: 2, kind: 'uint32', in: ['publish', 'will'] },
  contentType: { id: 3, kind: 'text', in: ['publish', 'will'] },
  responseTopic: { id: 8, kind: 'text', in: ['publish', 'will'] },
  correlationData: { id: 9, kind: 'binary', in: ['publish', 'will'] },
  subscriptionId: { id: 11, kind: 'varint', in: ['publish', 'subscribe'], repeats: true, allows: isPositive },
  sessionExpiry: { id: 17, kind: 'uint32', in: ['connect', 'connack', 'disconnect'] },
  assignedClientId: { id: 18, kind: 'text', in: ['connack'] },
  serverKeepAlive: { id: 19, kind: 'uint16', in: ['connack'] },
  authMethod: { id: 21, kind: 'text', in: ['connect', 'connack', 'auth'] },
  authData: { id: 22, kind: 'binary', in: ['connect', 'connack', 'auth'] },
  requestProblemInfo: { id: 23, kind: 'byte', in: ['connect'], allows: isFlag },
  willDelay: { id: 24, kind: 'uint32', in: ['will'] },
  requestResponseInfo: { id: 25, kind: 'byte', in: ['connect'], allows: isFlag },
  responseInfo: { id: 26, kind: 'text', in: ['connack'] },
  serverReference: { id: 28, kind: 'text', in: ['connack', 'disconnect'] },
  reasonString: { id: 31, kind: 'text', in: ['connack', ...acks, 'disconnect', 'auth'] },
  receiveMaximum: { id: 33, kind: 'uint16', in: ['connect', 'connack'], allows: isPositive },
  topicAliasMaximum: { id: 34, kind: 'uint16', in: ['connect', 'connack'] },
  topicAlias: { id: 35, kind: 'uint16', in: ['publish'], allows: isPositive },
  /** 2 is expressed by leaving it out (section 3.2.2.3.4). */
  maximumQos: { id: 36, kind: 'byte', in: ['connack'], allows: isFlag },
  retainAvailable: { id: 37, kind: 'byte', in: ['connack'], allows: isFlag },
  userProperty: {
    id: 38,
    kind: 'pair',
    in: ['connect', 'connack', 'publish', 'will', ...acks, 'subscribe', 'unsubscribe', 'disconnect', 'auth'],
    repeats: true,
  },
  maximumPacketSize: { id: 39, kind: 'uint32', in: ['connect', 'connack'], allows: isPositive },
  wildcardAvailable: { id: 40, kind: 'byte', in: ['connack'], allows: isFlag },
  subscriptionIdAvailable: { id: 41, kind: 'byte', in: ['connack'], allows: isFlag },
  sharedAvailable: { id: 42, kind: 'byte', in: ['connack'], allows: isFlag },
} as const satisfies Record<string, PropertyRule>

export type PropertyName = keyof typeof propertyRules
const rules: Record<PropertyName, PropertyRule> = propertyRules

export const propertyRule = (name: PropertyName): PropertyRule => rules[name]
export const propertyNames = Object.keys(rules) as PropertyName[]
const namesById = new Map(propertyNames.map(name => [rules[name].id, name]))
export const propertyNameOf = (id: number): PropertyName | undefined => namesById.get(id)

export type PropertyValue = number | string | Uint8Array | readonly [name: string, value: string]
/** In the order of the packet; some may repeat. */
export type Properties = readonly (readonly [PropertyName, PropertyValue])[]

/** The first number of this name. */
export const numberIn = (properties: Properties, name: PropertyName): number | undefined =>
  properties
    .map(([key, value]) => (key === name && typeof value === 'number' ? value : undefined))
    .find(isSet)

export const textIn = (properties: Properties, name: PropertyName): string | undefined =>
  properties
    .map(([key, value]) => (key === name && typeof value === 'string' ? value : undefined))
    .find(isSet)

const isSet = (value: unknown): boolean => value !== undefined

/** All values of this name, in their order. */
export const valuesIn = (properties: Properties, name: PropertyName): PropertyValue[] =>
  properties.flatMap(([key, value]) => (key === name ? [value] : []))
