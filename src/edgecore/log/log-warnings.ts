import type { Cause, KnownCause } from './causes.ts'
import type { LogRecord } from './klog.ts'

/** Something in the log that is wrong while EdgeCore goes on. */
export interface LogWarning extends Cause {
  /** The last line that says so. */
  line: string
  /** How often it was said. */
  times: number
}

const known: readonly KnownCause[] = [
  {
    pattern: /^The module eventbus message channel is full/,
    code: 'event-bus-blocked',
    text: 'so many messages wait for EventBus that other parts of EdgeCore stand still',
    remedy: 'bring the broker up; EventBus sends the messages then',
  },
  {
    pattern: /^edge-hub-cli subscribe topic: /i,
    code: 'subscribe-failed',
    text: 'EventBus could not subscribe to one of its topics',
    remedy:
      'let the user of EventBus read $hw/#, SYS/dis/upload_records and +/user/# in the access list of the broker',
  },
  {
    pattern: /^"Removing image to free bytes"/,
    code: 'image-removed',
    text: 'the kubelet removed images because the disk is full; on containerd before 1.6.25 and 1.7.10 also pinned ones',
    remedy: 'free disk space, then see that the image of the broker is still there (ctr -n k8s.io images ls)',
  },
  {
    pattern: /^Error in pubMQTT with topic: /,
    code: 'publish-failed',
    text: 'EventBus could not hand a message to the broker',
    remedy: 'look at the log of the broker (journalctl -u mosquitto)',
  },
]

/** Each kind of warning once, with its last line. */
export function readWarnings(records: readonly LogRecord[]): LogWarning[] {
  return known.flatMap(({ pattern, ...cause }) => {
    const said = records.filter(
      ({ message, severity }) =>
        pattern.test(message) && (cause.code !== 'subscribe-failed' || severity === 'E'),
    )
    const last = said.at(-1)
    return last ? [{ ...cause, line: last.line, times: said.length }] : []
  })
}
