import { type Client, clientReader } from './event-bus-clients.ts'
import { isGap, type LogRecord } from './klog.ts'
import { connectErrorCause } from './known/connect-errors.ts'
import {
  hungCause,
  internalCause,
  lostCause,
  sameIdCause,
  stuckCause,
  tlsFilesCause,
  unstableCause,
} from './known/event-bus-causes.ts'
import type { Cause } from './known/known-line.ts'

/**
 * How EventBus stands.
 * - `unknown`: the log has nothing about it
 * - `disabled`: the module is switched off
 * - `starting`: the module is on and has not tried to connect yet
 * - `connecting`: an attempt is open, and the one before did not fail
 * - `up`: both clients are connected
 * - `failing`: the last attempt failed, or EventBus cannot try at all
 * - `flapping`: connections are lost again and again
 * - `hung`: an attempt got no answer for longer than a broker takes
 * - `internal-only`: only the broker inside EdgeCore (mqttMode 0) runs
 */
export type EventBusState =
  | 'unknown'
  | 'disabled'
  | 'starting'
  | 'connecting'
  | 'up'
  | 'failing'
  | 'flapping'
  | 'hung'
  | 'internal-only'

export interface EventBusReading {
  state: EventBusState
  cause?: Cause
  evidence: string[]
  /** Whether the broker inside EdgeCore (mqttMode 0 and 1) came up. */
  internalBroker?: 'up' | 'failed'
}

/** A broker answers a connect in milliseconds; without an answer EventBus waits forever and logs nothing. */
const hungAfterMs = 15_000
/** More than restarts of the broker explain. */
const lossesPerMinute = 5

const tlsFiles =
  /^(Failed to load x509 key pair: |Failed to read TLSMqttCAFile|Cannot parse the certificates)/

/**
 * Follow EventBus through the records of one start (edge/pkg/eventbus, v1.8 to v1.23) up to `end`, milliseconds since 1970.
 * Ignored on purpose: `isconnected: false`, which is logged on success too, and `list edge-hub-cli-topics failed: no topics
 * found`, which a healthy new node logs.
 */
export function readEventBus(records: readonly LogRecord[], end: number): EventBusReading {
  const clients = clientReader()
  let module: { state: 'disabled' | 'starting'; line: string } | undefined
  let internal: { state: 'up' | 'failed'; line: string; message: string } | undefined
  let tls: LogRecord | undefined
  for (const record of records) {
    const { message, line } = record
    if (/^Module eventbus is disabled/.test(message)) module = { state: 'disabled', line }
    else if (/^Module eventbus registered|^starting module eventbus/i.test(message))
      module = { state: 'starting', line }
    else if (/^Launch intern[ae]l mqtt broker .*successfully/.test(message))
      internal = { state: 'up', line, message }
    else if (/^Launch intern[ae]l mqtt broker failed/.test(message))
      internal = { state: 'failed', line, message }
    else if (record.file === 'common.go' && tlsFiles.test(message)) tls = record
    else if (isGap(record)) clients.gap()
    else clients.read(record)
  }
  const both = [clients.sub, clients.pub]
  const reading = decide()
  return internal ? { ...reading, internalBroker: internal.state } : reading

  function decide(): EventBusReading {
    if (tls) return { state: 'failing', cause: tlsFilesCause, evidence: [tls.line] }
    if (internal?.state === 'failed')
      return { state: 'failing', cause: internalCause, evidence: [internal.line] }
    const losses = clients.losses.filter(({ at }) => at !== undefined && at > end - 60_000)
    // With one id they throw each other out; a restart of the broker loses both at once.
    const counted = clients.sameId()
      ? losses.length
      : Math.max(...both.map(client => losses.filter(({ of }) => of === client).length))
    if (counted > lossesPerMinute) {
      const cause = clients.sameId() ? sameIdCause : unstableCause
      return { state: 'flapping', cause, evidence: losses.slice(-2).map(({ line }) => line) }
    }
    const hung = both.filter(
      ({ phase, since }) => phase === 'trying' && since !== undefined && end - since > hungAfterMs,
    )
    if (hung.length > 0) return { state: 'hung', cause: hungCause, evidence: linesOf(hung) }
    const failed = both.filter(({ error }) => error !== undefined)
    if (failed.length > 0)
      return {
        state: 'failing',
        ...lastError(failed),
        evidence: failed.map(({ errorLine }) => errorLine ?? '').slice(-1),
      }
    const lost = both.find(({ loss }) => loss !== undefined)
    if (lost)
      return { state: 'connecting', cause: causeOfLoss(lost.loss ?? ''), evidence: [lost.lossLine ?? ''] }
    if (both.every(({ phase }) => phase === 'up')) return { state: 'up', evidence: linesOf(both) }
    if (both.some(({ phase }) => phase !== 'none')) return { state: 'connecting', evidence: linesOf(both) }
    if (internal) return { state: 'internal-only', evidence: [internal.line] }
    return module ? { state: module.state, evidence: [module.line] } : { state: 'unknown', evidence: [] }
  }
}

const causeOfLoss = (message: string): Cause =>
  /pingresp not received/.test(message) ? stuckCause : lostCause(message)

function lastError(failed: readonly Client[]): { cause?: Cause } {
  const said = failed.at(-1)?.error
  return said === undefined ? {} : { cause: connectErrorCause(said) }
}

const linesOf = (clients: readonly Client[]): string[] =>
  clients.flatMap(({ line }) => (line === undefined ? [] : [line]))
