import type { LogRecord } from './klog.ts'
import type { Cause } from './known/known-line.ts'

const registered = /^"?(?:Successfully registered node|Node was previously registered)/
/** The kubelet asks for a node because the cloud answers that the name exists; for a node that comes back it follows soon. */
const nameExists = /^"Unable to register node with API server, error getting existing node"/
const nameExistsForMs = 5000
/** Logged many times a second, forever, by a node that believes it is registered (kubeedge v1.23.1). */
const noCondition = /^"Node does not have NodeReady condition"/
const noConditionTimes = 5

/** The first is of v1.8 to v1.11. What fails only without a connection is left out. */
const failed =
  /^(?:Register node failed: |"Unable to register node with API server" err=")(?!unmarshal message|not connected|connection lost|timeout to send)(?<reason>[^\n]{1,200}?)(?:" node=|$)/
/** The kubelet tries again soon: an API server that is busy is no reason. */
const failedForMs = 5000
/** The kubelet sends its status when it has changed, and every 5 minutes; every 10 s while that fails. */
const unknownNode =
  /^"Error updating node status, will retry".{1,8000} nodes \\*"[^"\\]{1,253}\\*" not found"?$/
const unknownNodeForMs = 60_000

const deleted: Cause = {
  code: 'node-deleted',
  text: 'the cloud no longer has this node: its Node was deleted there, and EdgeCore does not register again by itself',
  remedy: 'If the node is to stay in the cluster, restart EdgeCore: it registers again.',
  commands: ['kubectl get nodes', 'systemctl restart edgecore'],
}
const nameTaken: Cause = {
  code: 'node-name-taken',
  text: 'the cloud has a node of this name already, and does not register this one',
  remedy:
    'Give this node a name of its own (modules.edged.hostnameOverride) and join it again, or delete the node in the cloud if it is an earlier life of this one.',
  commands: ['kubectl get nodes -o wide', 'kubectl delete node NAME', 'systemctl restart edgecore'],
}
const notRegistered: Cause = {
  code: 'not-registered',
  text: "EdgeCore is connected and believes that it is registered, but the cloud has no such node: the cloud's API server was away when it joined",
  remedy: 'Restart EdgeCore: it registers again.',
  commands: ['systemctl restart edgecore'],
}

export interface RegistrationReading {
  /** False while the cloud does not have this node; undefined when the log does not show it. */
  registered?: boolean
  cause?: Cause
  line?: string
}

/** Whether the cloud has registered this node, at `end`. A healthy node that comes back fails once or twice at first. */
export function readRegistration(records: readonly LogRecord[], end: number): RegistrationReading {
  let state: boolean | undefined
  let taken: LogRecord[] = []
  let missing: LogRecord[] = []
  let refused: LogRecord[] = []
  let unknown: LogRecord | undefined
  for (const record of records) {
    if (registered.test(record.message)) {
      state = true
      taken = []
      missing = []
      refused = []
      unknown = undefined
    } else if (nameExists.test(record.message)) taken.push(record)
    else if (noCondition.test(record.message)) missing.push(record)
    else if (failed.test(record.message)) refused.push(record)
    else if (unknownNode.test(record.message)) unknown = record
  }
  if (missing.length >= noConditionTimes)
    return { registered: false, cause: notRegistered, line: missing.at(-1)?.line ?? '' }
  if (lasted(taken) >= nameExistsForMs)
    return { registered: false, cause: nameTaken, line: taken.at(-1)?.line ?? '' }
  if (unknown && end - (unknown.at ?? end) < unknownNodeForMs)
    return { registered: false, cause: deleted, line: unknown.line }
  const last = refused.at(-1)
  if (last && lasted(refused) >= failedForMs)
    return { registered: false, cause: notAnswered(last.message), line: last.line }
  return state === undefined ? {} : { registered: state }
}

const notAnswered = (message: string): Cause => ({
  code: 'registration-failed',
  text: `the cloud does not register this node: ${failed.exec(message)?.groups?.['reason'] ?? message}`,
  remedy: "Read CloudCore's log for the name of this node.",
  commands: ['kubectl -n kubeedge logs deployment/cloudcore | grep -i node'],
})

const lasted = (records: readonly LogRecord[]): number => (records.at(-1)?.at ?? 0) - (records[0]?.at ?? 0)
