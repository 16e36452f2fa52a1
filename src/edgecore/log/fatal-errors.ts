import { type Cause, causeOf, type KnownCause } from './causes.ts'
import type { LogRecord } from './klog.ts'

/** Why EdgeCore ended, with the line that says so. */
export interface Fatal extends Cause {
  line: string
}

/**
 * What EdgeCore logs when it ends by itself. The patterns hold for KubeEdge v1.8 to v1.23 (edge/cmd/edgecore,
 * edge/pkg/edgehub, edge/pkg/edged); the order matters: first match wins.
 */
const fatalErrors: readonly KnownCause[] = [
  {
    pattern: /Mode need in \[0,2\] range/,
    code: 'mqtt-mode-range',
    text: 'modules.eventBus.mqttMode is not 0, 1 or 2',
    remedy: 'set modules.eventBus.mqttMode to 2',
  },
  {
    pattern: /failed to unmarshal configfile/i,
    code: 'config-type',
    text: 'a value in edgecore.yaml has the wrong type (a quoted number, a text for true or false)',
    remedy: 'correct the key that the line names: numbers and true/false stand without quotes',
  },
  {
    pattern: /config: Required value: config file .* not exist/,
    code: 'config-missing',
    text: 'the configuration file does not exist',
    remedy: 'put edgecore.yaml where the line says, or correct --config in the unit',
  },
  {
    pattern: /CGroupDriver value error/,
    code: 'cgroup-driver',
    text: 'the cgroup driver is neither cgroupfs nor systemd',
    remedy: 'set modules.edged.tailoredKubeletConfig.cgroupDriver to what containerd uses',
  },
  {
    pattern: /failed to check the running environment/i,
    code: 'environment',
    text: 'a kubelet or kube-proxy runs on this node',
    remedy: 'stop it; EdgeCore takes its place',
  },
  {
    pattern: /failed to update edgecore config file/,
    code: 'config-not-writable',
    text: 'EdgeCore cannot write its configuration file, which v1.21 and later do at start',
    remedy: 'make /etc/kubeedge/config writable',
  },
  {
    pattern: /Failed to initialize CSINode after retrying/,
    code: 'never-joined',
    text: 'the node has never talked to its cloud, so EdgeCore knows no node and gives up after about 27 s',
    remedy:
      'connect the node to its cloud once, or (KubeEdge v1.22 and later) set modules.edged.tailoredKubeletConfig.featureGates.DisableCSIVolumePlugin to true',
  },
  {
    pattern: /unknown service runtime\.v1/,
    code: 'cri-disabled',
    text: 'containerd runs without its CRI plugin',
    remedy: 'take "cri" out of disabled_plugins in /etc/containerd/config.toml and restart containerd',
  },
  {
    pattern: /validate service connection|validate CRI v1/,
    code: 'container-runtime',
    text: 'the container runtime does not answer',
    remedy: 'start containerd, and see that containerRuntimeEndpoint in edgecore.yaml names its socket',
  },
  {
    pattern: /Start edged failed/,
    code: 'edged',
    text: 'the kubelet inside EdgeCore did not start',
    remedy: 'see the line for the reason',
  },
  {
    pattern: /token .*credentials are in the wrong format/,
    code: 'token-format',
    text: 'the bootstrap token is missing or incomplete (it has four parts with dots between)',
    remedy: 'get a new token with keadm gettoken and join again',
  },
  {
    pattern: /failed to validate CA certificate/,
    code: 'token-ca',
    text: 'the bootstrap token belongs to another cloud, or the cloud has a new CA',
    remedy: 'get a new token with keadm gettoken and join again',
  },
  {
    pattern: /failed to apply the edge certs|failed to get CA certificate|failed to get edge certificate/,
    code: 'no-certificates',
    text: 'the node has no certificates it can use and cannot get them from the cloud',
    remedy:
      'make the cloud reachable (modules.edgeHub.httpServer, port 10002) for the first start, with a valid token',
  },
  {
    pattern: /Launch internal mqtt broker failed|Launch internel mqtt broker failed/,
    code: 'internal-broker',
    text: 'the broker inside EdgeCore cannot listen at modules.eventBus.mqttServerInternal',
    remedy: 'set modules.eventBus.mqttMode to 2, so that only the broker on the node is used',
  },
  {
    pattern: /Failed to get Local IP address|Failed to get IP address by custom interface/,
    code: 'no-address',
    text: 'EdgeCore found no address for the node',
    remedy: 'give the node a default route, or set modules.edged.nodeIP',
  },
]

/** Crashes that only their stack explains (seen with v1.23.1). */
const crashes: readonly KnownCause[] = [
  {
    pattern: /validation\.ValidateEdgeCoreConfiguration/,
    code: 'null-section',
    text: 'a module in edgecore.yaml is set to null',
    remedy: 'remove the key that has no value (for example `eventBus:` or `eventBus: null`), or fill it',
  },
  {
    pattern: /eventbus\/common\/util\.HubClientInit/,
    code: 'event-bus-tls-null',
    text: 'modules.eventBus.eventBusTLS is set to null',
    remedy: 'remove the key eventBusTLS, or fill it',
  },
  {
    pattern: /eventbus\/mqtt\.\(\*Client\)\.Init(Sub|Pub)Client/,
    code: 'event-bus-tls-files',
    text: 'EventBus cannot read its TLS files and crashes',
    remedy: 'put the files there that modules.eventBus.eventBusTLS names, or set its enable to false',
  },
]

/** Printed before the certificates are asked for anew, which then fails: the better explanation. */
const nameMismatch = /certificate CN \S+ does not match node name/

/** The end of EdgeCore by itself that these records tell of, if there is one. A stop by a signal is none. */
export function findFatal(records: readonly LogRecord[]): Fatal | undefined {
  const first = records.find(
    (record, index) => isFatal(record) || (leavesAfter.test(record.message) && isEnd(records, index)),
  )
  if (!first) return undefined
  const mismatch = records.find(record => nameMismatch.test(record.message))
  const known =
    causeOf(fatalErrors, first.message) ??
    (first.severity === 'P' ? causeOf(crashes, first.message) : undefined)
  if (known?.code === 'no-certificates' && mismatch) {
    return {
      code: 'certificate-name',
      text: 'the certificate of the node is for another node name',
      remedy:
        'set modules.edged.hostnameOverride to the name in the certificate, or remove the certificate and join again',
      line: mismatch.line,
    }
  }
  const unknown = {
    code: first.severity === 'P' ? 'crash' : 'fatal',
    text: withoutStack(first.message),
    remedy: 'see the log of EdgeCore',
  }
  return {
    ...(known ?? unknown),
    line: withoutStack(`${first.line}\n${first.message.split('\n').slice(1).join('\n')}`),
  }
}

/** EdgeCore also leaves after some lines that are only errors. */
const leavesAfter =
  /^(Launch intern[ae]l mqtt broker failed|Failed to get (Local IP address|IP address by custom interface))/

function isFatal(record: LogRecord): boolean {
  return record.severity === 'F' || record.severity === 'P'
}

/** Other parts may log a moment longer. */
function isEnd(records: readonly LogRecord[], index: number): boolean {
  const at = records[index]?.at ?? 0
  return (records.at(-1)?.at ?? at) - at < 1000
}

/** The lines of a record that are for people: all of a list of mistakes, none of a stack. */
function withoutStack(message: string): string {
  const stack = message.search(/\n(\[signal |goroutine )/)
  return (stack === -1 ? message : message.slice(0, stack)).trimEnd()
}
