import type { KnownLine } from './known-line.ts'

/** Panics and runtime errors that only their stack explains (seen with v1.23.1). */
export const crashes: readonly KnownLine[] = [
  {
    code: 'registration-refused',
    pattern: /metamanager\/client\.(?:updateNodeDB|handleNodeResp)/,
    text: 'CloudCore refuses to register this node, and EdgeCore panics over the answer (seen with v1.23.1)',
    remedy: "Read CloudCore's log: the line with `register node failed` names the reason.",
    commands: ['kubectl -n kubeedge logs deployment/cloudcore | grep "register node"'],
  },
  {
    code: 'null-section',
    pattern: /validation\.ValidateEdgeCoreConfiguration/,
    text: 'a module in edgecore.yaml is set to null',
    remedy: 'Remove the key without a value (for example `eventBus:` or `eventBus: null`), or fill it.',
    commands: ['edgekit doctor edgecore-config-valid'],
  },
  {
    code: 'event-bus-tls-null',
    pattern: /eventbus\/common\/util\.HubClientInit/,
    text: 'modules.eventBus.eventBusTLS is set to null',
    remedy: 'Remove the key eventBusTLS, or fill it.',
  },
  {
    code: 'event-bus-tls-files',
    pattern: /eventbus\/mqtt\.\(\*Client\)\.Init(?:Sub|Pub)Client/,
    text: 'EventBus cannot read its TLS files and crashes',
    remedy: 'Put the files where modules.eventBus.eventBusTLS names them, or set its enable to false.',
    commands: ['grep -n tlsMqtt /etc/kubeedge/config/edgecore.yaml'],
  },
  {
    code: 'out-of-memory',
    pattern: /^(?:fatal error: )?runtime: (?:out of memory|cannot allocate memory)/,
    text: 'EdgeCore ran out of memory',
    remedy: 'Free memory, or raise MemoryMax of the unit.',
    commands: ['free -h', 'systemctl show edgecore -p MemoryMax'],
  },
  {
    code: 'message-type',
    pattern: /panic: Wrong message type/,
    text: 'the cloud link carried a message that this version does not understand',
    remedy:
      'Use the same KubeEdge version on both sides, and check that nothing else answers at websocket.server.',
  },
]
