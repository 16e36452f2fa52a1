import type { RecordableHistogram } from 'node:perf_hooks'
import type { Target } from '../../broker-test/target.ts'
import type { Version } from '../../mqtt/packet.ts'
import type { Load } from '../settings.ts'
import type { LatencyGrid } from './latencies.ts'
import type { Schedule } from './pacer.ts'

/** What a thread is started with. */
export interface ThreadTask {
  role: 'publish' | 'subscribe'
  target: Target
  version: Version
  /** The first level of all topics, and the beginning of all client ids. */
  run: string
  load: Load
  /** Its clients, by their number among those of all threads. */
  members: number[]
  /** Messages of QoS 1 and 2 that a publisher may have under way. */
  window: number
}

/** To a thread. */
export type Order =
  | { order: 'connect'; perSecond: number }
  | { order: 'begin'; schedule: Schedule }
  /** The phase is over. */
  | { order: 'end' }
  | { order: 'close' }

/** What a thread did in a phase. */
export interface ThreadResult {
  sent: number
  /** Due, and not taken by the broker until the end. */
  unsent: number
  refused: number
  received: number
  duplicated: number
  reordered: number
  /** On the clock of this machine; 0: nothing arrived. */
  lastArrivalMs: number
  /** Clients whose connection the broker closed. */
  disconnected: number
  latency: RecordableHistogram
  grid: LatencyGrid
  lag: RecordableHistogram
  eventLoopDelayMs: number
  /** Share of one processor. */
  cpu: number
}

/** From a thread. */
export type News =
  | { news: 'connected'; ms: number }
  | { news: 'failed'; reason: string }
  | { news: 'ready' }
  /** So far in this phase; `isDone`: all is sent and acknowledged. */
  | { news: 'progress'; sent: number; received: number; p99Ms: number; isDone: boolean }
  | { news: 'result'; result: ThreadResult }
