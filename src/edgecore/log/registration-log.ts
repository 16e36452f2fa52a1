import type { LogRecord } from './klog.ts'
import type { Cause } from './known/known-line.ts'

const registered = /^"?(?:Successfully registered node|Node was previously registered)/
/** The kubelet asks for a node because the cloud answers that the name exists; for a node that comes back it follows soon. */
const nameExists = /^"Unable to register node with API server, error getting existing node"/
const nameExistsForMs = 5000
/** Logged many times a second, forever, by a node that believes it is registered (kubeedge v1.23.1). */
const noCondition = /^"Node does not have NodeReady condition"/
const noConditionTimes = 5

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

/** Whether the cloud has registered this node. A healthy node that comes back fails once or twice at first. */
export function readRegistration(records: readonly LogRecord[]): RegistrationReading {
  let state: boolean | undefined
  let taken: LogRecord[] = []
  let missing: LogRecord[] = []
  for (const record of records) {
    if (registered.test(record.message)) {
      state = true
      taken = []
      missing = []
    } else if (nameExists.test(record.message)) taken.push(record)
    else if (noCondition.test(record.message)) missing.push(record)
  }
  if (missing.length >= noConditionTimes)
    return { registered: false, cause: notRegistered, line: missing.at(-1)?.line ?? '' }
  if (lasted(taken) >= nameExistsForMs)
    return { registered: false, cause: nameTaken, line: taken.at(-1)?.line ?? '' }
  return state === undefined ? {} : { registered: state }
}

const lasted = (records: readonly LogRecord[]): number => (records.at(-1)?.at ?? 0) - (records[0]?.at ?? 0)
