import type { Schedule } from './pacer.ts'
import type { ThreadResult } from './protocol.ts'

export type Counts = Omit<ThreadResult, 'eventLoopDelayMs' | 'cpu'>

/** The publishers or the subscribers of one thread. */
export interface Side {
  /** Throws when the broker does not accept the client. */
  connect(index: number): Promise<void>
  begin(schedule: Schedule): void
  /** So far in this phase. */
  counts(): Counts
  /** All is sent and acknowledged. */
  readonly isDone: boolean
  ping(): void
  close(): void
}
