import type { PacketType, Rule, Version } from '../../mqtt/packet.ts'

/** A rule that every frame of the broker is held against, in all tests of a run. */
export interface LintRule {
  id: string
  title: string
  clauses: Partial<Record<Version, readonly string[]>>
  /** Where the rule stands, when its statement has no number. */
  note?: string
}

/** The packets that must stay within the Maximum Packet Size of the client, and the statements about each. */
const sized = {
  connack: ['3.2.2-19', '3.2.2-20'],
  publish: ['3.1.2-24', '3.1.2-25'],
  puback: ['3.4.2-2', '3.4.2-3'],
  pubrec: ['3.5.2-2', '3.5.2-3'],
  pubrel: ['3.6.2-2', '3.6.2-3'],
  pubcomp: ['3.7.2-2', '3.7.2-3'],
  suback: ['3.9.2-1', '3.9.2-2'],
  unsuback: ['3.11.2-1', '3.11.2-2'],
  disconnect: ['3.14.2-3', '3.14.2-4'],
} as const satisfies Partial<Record<PacketType, readonly string[]>>

export type SizedType = keyof typeof sized
export const isSized = (type: PacketType): type is SizedType => type in sized

export const lintRules = [
  {
    id: 'frame-flags',
    title: 'Reserved bits of fixed headers are correct',
    clauses: { 4: ['2.2.2-1', '3.6.1-1'], 5: ['2.1.3-1', '3.6.1-1'] },
  },
  {
    id: 'frame-length',
    title: 'Lengths are minimal and match the fields',
    clauses: { 4: [], 5: ['1.5.5-1', '2.2.2-1'] },
  },
  {
    id: 'frame-utf8',
    title: 'Strings are well-formed UTF-8',
    clauses: { 4: ['1.5.3-1'], 5: ['1.5.4-1', '1.5.7-1'] },
  },
  {
    id: 'frame-null',
    title: 'Strings have no null character',
    clauses: { 4: ['1.5.3-2'], 5: ['1.5.4-2'] },
  },
  {
    id: 'frame-packet-id',
    title: 'Packet Identifiers are set and unused',
    clauses: { 4: ['2.3.1-1', '2.3.1-4'], 5: ['2.2.1-4', '4.3.2-1', '4.3.3-1'] },
  },
  {
    id: 'frame-ack-id',
    title: 'Acknowledgments have the identifier of their packet',
    clauses: {
      4: ['2.3.1-6', '2.3.1-7', '3.8.4-2'],
      5: ['2.2.1-5', '2.2.1-6', '3.8.4-2', '3.10.4-5'],
    },
  },
  {
    id: 'frame-properties',
    title: 'Properties fit their packet',
    clauses: { 5: [] },
    note: 'MQTT 5, section 2.2.2.2: a packet with a property that does not belong to its type is malformed. The statement has no number.',
  },
  {
    id: 'frame-reason',
    title: 'Reason Codes are those of the packet',
    clauses: {
      4: ['3.9.3-2'],
      5: ['3.2.2-8', '3.4.2-1', '3.5.2-1', '3.6.2-1', '3.7.2-1', '3.9.3-2', '3.11.3-2', '3.14.2-1'],
    },
  },
  { id: 'frame-qos', title: 'No PUBLISH has QoS 3', clauses: { 4: ['3.3.1-4'], 5: ['3.3.1-4'] } },
  {
    id: 'frame-dup-qos0',
    title: 'DUP is 0 with QoS 0',
    clauses: { 4: ['3.3.1-2', '4.3.1-1'], 5: ['3.3.1-2', '4.3.1-1'] },
  },
  {
    id: 'frame-dup-first',
    title: 'DUP is 0 in a first delivery',
    clauses: { 4: ['3.3.1-3', '4.3.2-1', '4.3.3-1'], 5: ['3.3.1-3', '4.3.2-2', '4.3.3-2'] },
  },
  {
    id: 'frame-topic',
    title: 'Topic names are complete, without wildcards',
    clauses: {
      4: ['3.3.2-1', '3.3.2-2', '4.7.1-1', '4.7.3-1'],
      5: ['3.3.2-1', '3.3.2-2', '4.7.0-1', '4.7.3-1'],
    },
  },
  {
    id: 'frame-topic-match',
    title: 'Messages match a subscription of the client',
    clauses: { 4: ['3.3.2-3'], 5: ['3.3.2-3'] },
  },
  {
    id: 'frame-connack-flags',
    title: 'Connect Acknowledge Flags have no reserved bits',
    clauses: { 4: [], 5: ['3.2.2-1'] },
  },
  {
    id: 'frame-session-present',
    title: 'A refusal has Session Present 0',
    clauses: { 4: ['3.2.2-4'], 5: ['3.2.2-6'] },
  },
  {
    id: 'frame-connack-first',
    title: 'CONNACK comes first, and once',
    clauses: { 4: ['3.2.0-1'], 5: ['3.2.0-1', '3.2.0-2', '3.14.0-1'] },
  },
  {
    id: 'frame-direction',
    title: 'Packets are those of a server',
    clauses: { 4: [], 5: ['4.12.0-6'] },
  },
  {
    id: 'frame-after-disconnect',
    title: 'Nothing follows a DISCONNECT of the broker',
    clauses: { 5: ['3.14.2-2', '3.14.4-1'] },
  },
  {
    id: 'frame-alias',
    title: 'Topic aliases are within the limit of the client',
    clauses: { 5: ['3.1.2-26', '3.1.2-27', '3.3.2-8', '3.3.2-11'] },
  },
  {
    id: 'frame-receive-maximum',
    title: 'Unacknowledged messages are within Receive Maximum',
    clauses: { 5: ['3.3.4-9', '4.9.0-1', '4.9.0-2'] },
  },
  {
    id: 'frame-problem-info',
    title: 'Request Problem Information 0 is respected',
    clauses: { 5: ['3.1.2-29'] },
  },
  {
    id: 'frame-response-info',
    title: 'Response Information comes only on request',
    clauses: { 5: ['3.1.2-28'] },
  },
  {
    id: 'frame-publish-after-pubrel',
    title: 'No PUBLISH is resent after its PUBREL',
    clauses: { 4: ['4.3.3-1'], 5: ['4.3.3-6'] },
  },
  ...(Object.keys(sized) as SizedType[]).map(type => ({
    id: `frame-size-${type}` as const,
    title: `${type.toUpperCase()} stays within a small Maximum Packet Size`,
    clauses: { 5: sized[type] },
  })),
] as const satisfies readonly LintRule[]

export type LintId = (typeof lintRules)[number]['id']

/** The rule for each kind of problem that the decoder finds. */
export const ruleOfProblem = {
  'fixed-flags': 'frame-flags',
  length: 'frame-length',
  utf8: 'frame-utf8',
  'null-character': 'frame-null',
  'packet-id': 'frame-packet-id',
  properties: 'frame-properties',
  reason: 'frame-reason',
  qos: 'frame-qos',
  dup: 'frame-dup-qos0',
  topic: 'frame-topic',
  'connack-flags': 'frame-connack-flags',
  'session-present': 'frame-session-present',
} as const satisfies Record<Rule, LintId>
