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
  {
    code: 'data-race',
    pattern: /^fatal error: concurrent map|^panic: concurrent write to websocket/,
    text: 'two parts of EdgeCore changed the same data at once and crashed it, which is a bug in this version (kubeedge 2928, 3122)',
    remedy:
      'Upgrade KubeEdge. Until then, switch metaServer off (modules.metaManager.metaServer.enable) if no pod uses it: most of these crashes are in it.',
    commands: ['grep -n -A3 metaServer /etc/kubeedge/config/edgecore.yaml'],
  },
  {
    code: 'arm-alignment',
    pattern: /^panic: unaligned 64-bit atomic operation/,
    text: 'this EdgeCore cannot run on a 32-bit ARM system: it crashes over an unaligned number (kubeedge 4760)',
    remedy: 'Install a 64-bit system on the node (uname -m: aarch64), or upgrade KubeEdge.',
    commands: ['uname -m', 'getconf LONG_BIT'],
  },
  {
    code: 'database-access',
    pattern: /^panic: failed to access database after/,
    text: 'EdgeCore crashed because it could not write its database three times',
    remedy:
      'Free space and check that the disk is writable. If the lines before report that a transaction has already been committed, it is a bug that v1.12 does not have (kubeedge 3978).',
    commands: ['df -h /var/lib/kubeedge', 'findmnt -T /var/lib/kubeedge'],
  },
  {
    code: 'crash',
    pattern:
      /^(?<what>(?:panic: runtime error|fatal error|unexpected fault address|SIG[A-Z]{2,5})[^\n]{0,200})/,
    text: 'EdgeCore crashed, which is a bug in it: {what}',
    remedy: 'Upgrade KubeEdge, or report the bug with the lines that follow this one.',
    commands: ['journalctl -u edgecore -n 100 --no-pager'],
  },
]
