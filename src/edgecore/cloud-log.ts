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

/** The last word the log has about the cloud. */
export function readCloud(records: readonly LogRecord[]): { state: CloudState; evidence: string[] } {
  for (const record of records.toReversed()) {
    const sign = signs.find(([pattern]) => pattern.test(record.message))
    if (sign) return { state: sign[1], evidence: [record.line] }
  }
  return { state: 'unknown', evidence: [] }
}
