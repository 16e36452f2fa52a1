import { withEndpoint } from './exits.ts'
import type { LogRecord } from './klog.ts'
import { knownLines } from './known/index.ts'
import { type Cause, causeOf } from './known/known-line.ts'

/**
 * How the connection to the cloud stands.
 * - `unknown`: the log has nothing about it
 * - `disabled`: edgeHub (module `websocket`) is switched off
 * - `reconnecting`: there is none, and EdgeCore retries
 * - `connected`
 * - `silent`: it looks open, and the cloud does not answer: the network is gone, or CloudCore hangs
 */
export type CloudState = 'connected' | 'reconnecting' | 'silent' | 'disabled' | 'unknown'

/** v1.21 and later, before the certificates are asked for; without an answer the next line comes 30 s later. */
const requested = /^Reuse the token to obtain the certificate/
const answered = /^Certificate rotation is enabled|^(?:Websocket|Quic) start to connect/i

/** What edge/pkg/edgehub logs (v1.7 to v1.23), and what each line means for the connection. */
const signs: readonly (readonly [RegExp, CloudState])[] = [
  [/^Module websocket is disabled/, 'disabled'],
  [/connect to cloud access successful/i, 'connected'],
  [/^(?:Websocket|Quic) start to connect Access/i, 'reconnecting'],
  [/^dial websocket error|^Init (?:websocket|quic) connection failed|^connection failed: /, 'reconnecting'],
  [/^connection error, try again after|^connection is broken, will reconnect/, 'reconnecting'],
  [/^websocket (?:read|write) error|^failed to send message to cloud/, 'reconnecting'],
  [/err: not connected$/, 'reconnecting'],
  [requested, 'reconnecting'],
]
/** A failed dial has a reason. A connection that broke has none: CloudCore restarts, for example. */
const dialFailed =
  /^dial websocket error|^Init (?:websocket|quic) connection failed|^connection failed: (?!max retry)/
const broken = /^connection is broken, will reconnect/
/**
 * Sent over a connection that looks open. The lease of the node waits a minute for its answer and is sent again: while there
 * is none, the next line comes after little more than a minute. An answer logs nothing.
 */
const unanswered = /timeout to get response for message/
const silentForMs = 80_000
const answerMs = 60_000
const silent: Cause = {
  code: 'cloud-silent',
  text: 'the cloud does not answer, although the connection looks open: the network is gone, CloudCore hangs, or it has no such node (v1.11 and earlier)',
  remedy:
    'Check the network between node and cloud, and that the cloud has the node. EdgeCore reconnects by itself when TCP gives up, after minutes.',
  commands: ['ip route', 'ss -tnp | grep :10000', 'kubectl get nodes'],
}
const lost: Cause = {
  code: 'cloud-link-lost',
  text: 'the connection to the cloud is lost, and EdgeCore reconnects after 30 s by itself',
  remedy: 'Wait a minute. If it stays so, check that CloudCore runs.',
  commands: ['kubectl -n kubeedge get pods'],
}
const pending: Cause = {
  code: 'certificate-pending',
  text: 'the node has no certificate yet: EdgeCore has asked CloudCore for one and waits for the answer',
  remedy:
    'Wait 30 s and look again. If there is no answer, check that the node reaches port 10002 of CloudCore.',
  commands: ['grep -n httpServer /etc/kubeedge/config/edgecore.yaml'],
}
const unreachable: Cause = {
  code: 'cloud-unreachable',
  text: 'EdgeCore cannot connect to the cloud, and the log does not show why',
  remedy:
    'Check the network, the address of CloudCore, and that it runs. Earlier lines of the log may have the reason.',
  commands: [
    'journalctl -u edgecore --no-pager | grep -E "dial|connection failed" | tail',
    'grep -nE "httpServer|server:" /etc/kubeedge/config/edgecore.yaml',
  ],
}
const unstable: Cause = {
  code: 'cloud-link-unstable',
  text: 'the cloud ends the connection soon after each connect: most likely another node has the same name, and they throw each other out',
  remedy:
    'Give this node a name of its own (modules.edged.hostnameOverride) and join it again with a new token.',
  commands: ['kubectl get nodes -o wide', 'grep -n hostnameOverride /etc/kubeedge/config/edgecore.yaml'],
}
const shortLinkMs = 90_000

export interface CloudReading {
  state: CloudState
  evidence: string[]
  /** The line with the reason why there is no connection: the last since there was one. */
  reason?: string
  /** What is wrong with the connection. */
  cause?: Cause
}

/** The state of the cloud connection in the log at `end`, milliseconds since 1970. */
export function readCloud(records: readonly LogRecord[], end: number): CloudReading {
  let last: { state: CloudState; line: string } | undefined
  let reason: LogRecord | undefined
  let silence: LogRecord | undefined
  let waiting = false
  let connectedAt: number | undefined
  let shortLinks = 0
  for (const record of records) {
    const { message, line, at } = record
    // What was sent over the connection before this one is not answered either.
    const isOlder = connectedAt !== undefined && at !== undefined && at - connectedAt < answerMs
    if (unanswered.test(message) && !isOlder) silence = record
    if (answered.test(message)) waiting = false
    else if (requested.test(message)) waiting = true
    const state = signs.find(([pattern]) => pattern.test(message))?.[1]
    if (state === undefined) continue
    last = { state, line }
    if (state === 'connected') {
      reason = silence = undefined
      connectedAt = at
    } else if (dialFailed.test(message)) {
      // The line of ws.go has the answer of the server too.
      if (!/^Init/.test(message) || !reason) reason = record
      else if (!/^dial/.test(reason.message)) reason = record
      shortLinks = 0
    } else if (broken.test(message) && connectedAt !== undefined && at !== undefined) {
      shortLinks = at - connectedAt < shortLinkMs ? shortLinks + 1 : 0
      connectedAt = undefined
    }
  }
  if (shortLinks >= 2 && last) return { state: last.state, evidence: [last.line], cause: unstable }
  if (isSilent()) return { state: 'silent', evidence: [silence?.line ?? ''], cause: silent }
  if (!last) return { state: 'unknown', evidence: [] }
  if (last.state !== 'reconnecting') return { state: last.state, evidence: [last.line] }
  return { state: 'reconnecting', evidence: [last.line], ...why() }

  function isSilent(): boolean {
    return (
      silence !== undefined &&
      (last === undefined || last.state === 'connected') &&
      end - (silence.at ?? end) < silentForMs
    )
  }

  function why(): { reason?: string; cause?: Cause } {
    if (waiting) return { cause: pending }
    if (!reason) return last ? causeWithoutReason(last.line) : {}
    const words = [reason.message, ...reason.more].join('\n')
    const known = causeOf(knownLines.cloudLinkErrors, words)
    const cause = known ? withEndpoint(known, words) : unknownReason(reason.message)
    return { reason: reason.line, cause }
  }
}

/** The log may begin after the line with the reason. */
function causeWithoutReason(line: string): { cause?: Cause } {
  if (/connection is broken|(?:read|write) error|not connected$|to cloud: /.test(line)) return { cause: lost }
  return /connection failed: max retry|connection error, try again/.test(line) ? { cause: unreachable } : {}
}

const unknownReason = (message: string): Cause => ({
  code: 'cloud-link-error',
  text: `EdgeCore cannot connect to the cloud: ${message.slice(0, 200)}`,
  remedy: 'Check modules.edgeHub.websocket.server and that CloudCore runs.',
  commands: ['grep -n -A6 "websocket:" /etc/kubeedge/config/edgecore.yaml'],
})
