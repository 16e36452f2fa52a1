import type { Load } from '../settings.ts'
import type { BrokerUsage } from './broker-process.ts'

/** Milliseconds. */
export interface Latency {
  p50: number
  p90: number
  p99: number
  p999: number
  max: number
}

/** Whether the load generator was fast enough for what it measured. */
export interface Generator {
  isLimit: boolean
  reasons: string[]
  /** Behind its own schedule. */
  lagP99Ms: number
  eventLoopDelayP99Ms: number
  /** Of its busiest thread, as a share of one processor. */
  cpu: number
}

export interface BenchMeasurement {
  messages: {
    sent: number
    /** Due, but not taken by the broker. */
    unsent: number
    /** Acknowledged with an error by the broker. */
    refused: number
    /** What the subscribers should have got, and what they got, without duplicates. */
    expected: number
    received: number
    lost: number
    duplicated: number
    reordered: number
  }
  /** Clients that the broker disconnected. */
  disconnected: number
  sentPerSecond: number
  receivedPerSecond: number
  /** Absent when nothing arrived. */
  latencyMs?: Latency
  generator: Generator
  /** By the time at which the messages should have been sent, in milliseconds since the begin. */
  timeline: { ms: number; messages: number; p50Ms: number; p99Ms: number; maxMs: number }[]
  distribution: { upToMs: number; messages: number }[]
}

/** The search for the highest rate. */
export interface Search {
  targetP99Ms: number
  /** Absent when no rate held the target. */
  maxRate?: number
  tries: { rate: number; p99Ms?: number; lost: number; held: boolean; generatorWasLimit: boolean }[]
}

export interface BenchReport extends BenchMeasurement {
  schemaVersion: 1
  edgekit: string
  at: string
  /** The first level of the topics, and the beginning of the client ids. */
  run: string
  broker: { address: string; version?: string; mqtt: '3.1.1' | '5'; usage?: BrokerUsage }
  environment: { os: string; node: string; processors: number }
  /** `rate` is absent when the broker got as much as it took. */
  load: Load & { rate?: number; durationMs: number }
  connect: { connections: number; durationMs: number; ms: Latency }
  search?: Search
  exitCode: number
}
