import type { LogRecord } from './klog.ts'

/** How the connection to the cloud stands; `disabled` when edgeHub (module `websocket`) is switched off. */
export type CloudState = 'connected' | 'reconnecting' | 'disabled' | 'unknown'

/** What edge/pkg/edgehub logs (v1.8 to v1.23), and what each line says about the connection. */
const signs: readonly (readonly [RegExp, CloudState])[] = [
  [/^Module websocket is disabled/, 'disabled'],
  [/connect to cloud access successful/i, 'connected'],
  [/^Websocket start to connect Access/i, 'reconnecting'],
  [
    /^dial websocket error|^Init websocket connection failed|^connection failed: max retry count/,
    'reconnecting',
  ],
  [/^connection error, try again after|^connection is broken, will reconnect/, 'reconnecting'],
  [/^websocket (read|write) error|^failed to send message to cloud/, 'reconnecting'],
]

export interface CloudReading {
  state: CloudState
  evidence: string[]
  /** Why there is no connection: the last line since there was one that gives a reason. */
  reason?: string
}

const reasons = /^dial websocket error|^Init websocket connection failed|^websocket (read|write) error/

/** The last word the log has about the cloud. */
export function readCloud(records: readonly LogRecord[]): CloudReading {
  let reason: string | undefined
  let last: { state: CloudState; line: string } | undefined
  for (const { message, line } of records) {
    const sign = signs.find(([pattern]) => pattern.test(message))
    if (!sign) continue
    last = { state: sign[1], line }
    if (sign[1] === 'connected') reason = undefined
    else if (reasons.test(message)) reason = line
  }
  if (!last) return { state: 'unknown', evidence: [] }
  return { state: last.state, evidence: [last.line], ...(reason !== undefined && { reason }) }
}
