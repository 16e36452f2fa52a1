import type { Event } from '../evidence.ts'
import type { Group } from '../test.ts'
import type { Status } from '../verdict.ts'

/** One test in one version of MQTT. */
export interface TestResult {
  id: string
  title: string
  group: Group
  version: '3.1.1' | '5'
  status: Status
  /** What was seen, or why the test did not pass. */
  observed: string
  /** The statements of the specification, such as `MQTT-3.3.1-5`. */
  clauses: string[]
  note?: string
  ms: number
  /** What was sent and received. */
  evidence: Event[]
}

export interface BrokerTestReport {
  schemaVersion: 1
  edgekit: string
  /** When the run began. */
  at: string
  /** The name of the run: the first level of its topics, and the beginning of its client ids. */
  run: string
  broker: {
    address: string
    /** As the broker publishes it below `$SYS`. */
    version?: string
    versions: ('3.1.1' | '5')[]
    maximumQos: number
    retain: boolean
    sharedSubscriptions: boolean
    maximumPacketSize?: number
    receiveMaximum: number
    topicAliasMaximum: number
    /** After a SUBACK, until messages arrive. */
    subscriptionDelayMs: number
  }
  environment: { os: string; node: string }
  durationMs: number
  summary: Record<Status, number>
  exitCode: number
  tests: TestResult[]
  /** What could not be removed from the broker. */
  leftovers: string[]
}
