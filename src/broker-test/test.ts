import type { Version } from '../mqtt/packet.ts'
import type { Need } from './capabilities.ts'
import type { TestContext } from './context.ts'

/** The sections of a report, in their order. */
export const groups = [
  'connect',
  'malformed-connect',
  'publish',
  'qos',
  'exactly-once',
  'retained',
  'wildcards',
  'subscribe',
  'system-topics',
  'sessions',
  'will',
  'keep-alive',
  'shared',
  'properties',
  'flow-control',
  'limits',
  'errors',
  'vectors',
  'load',
  'access',
  'listeners',
  'websockets',
  'event-bus',
  'frames',
] as const
export type Group = (typeof groups)[number]

export interface BrokerTest {
  /** Stable: reports and scripts refer to it. */
  id: string
  /** What a correct broker does, in a few words. */
  title: string
  /** The statements it verifies, without `MQTT-`, for each version in which it runs. */
  clauses: Partial<Record<Version, readonly string[]>>
  needs?: readonly Need[]
  /** The time that it waits on purpose, in milliseconds: it starts before the others. */
  waitsMs?: number
  /** It can break a broker for all of its clients, so it runs when the others have ended and what they left is removed. */
  isLast?: true
  /** A note for the report, for example where a known document contradicts the specification. */
  note?: string
  /** Returns when the broker passed; throws a Verdict otherwise. */
  run(context: TestContext): Promise<void>
}

/** A test with its group, as in the list of all tests. */
export type ListedTest = BrokerTest & { group: Group }

/** The versions in which a test runs. */
export const versionsOf = ({ clauses }: Pick<BrokerTest, 'clauses'>): Version[] =>
  ([4, 5] as const).filter(version => clauses[version] !== undefined)
