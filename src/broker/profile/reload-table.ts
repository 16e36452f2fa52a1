/** What makes a running broker use a change: a reload (SIGHUP), which ends no connection, or only a restart. */
type Effect = 'reload' | 'restart'

interface Row {
  /** What has changed, as the documentation names it. */
  what: string
  effect: Effect
}

/**
 * mosquitto 2.0, which copies few options at a reload (config__copy in src/conf.c) and none of a listener. A test tries each row
 * with the broker image and with 2.0.11. What is not here needs a restart.
 */
export const reloadTable = {
  passwords: { what: 'users and passwords in `password_file`', effect: 'reload' },
  acl: { what: 'rules in `acl_file`', effect: 'reload' },
  certificate: { what: 'server certificate and key of a TLS listener', effect: 'reload' },
  certificateKind: { what: 'the same with another kind of key, as RSA instead of P-256', effect: 'restart' },
  webSocketCertificate: { what: 'server certificate and key of a WebSocket listener', effect: 'restart' },
  clientAuthority: { what: 'CA of client certificates (content of `cafile`)', effect: 'restart' },
  revocations: { what: 'revoked client certificates (content of `crlfile`)', effect: 'reload' },
  allowAnonymous: { what: '`allow_anonymous`', effect: 'reload' },
  passwordFile: { what: '`password_file`, another path', effect: 'reload' },
  aclFile: { what: '`acl_file`, another path', effect: 'reload' },
  perListenerSettings: { what: '`per_listener_settings`', effect: 'restart' },
  listener: { what: '`listener`: address, port, one more', effect: 'restart' },
  certfile: { what: '`certfile` and `keyfile`, another path', effect: 'restart' },
  requireCertificate: { what: '`require_certificate`', effect: 'restart' },
  useIdentityAsUsername: { what: '`use_identity_as_username`', effect: 'restart' },
  tlsVersion: { what: '`tls_version`', effect: 'restart' },
  maxConnections: { what: '`max_connections`', effect: 'reload' },
  maxPacketSize: { what: '`max_packet_size`', effect: 'restart' },
  maxInflightMessages: { what: '`max_inflight_messages`', effect: 'restart' },
  maxQueuedMessages: { what: '`max_queued_messages`', effect: 'restart' },
  maxQueuedBytes: { what: '`max_queued_bytes`', effect: 'restart' },
  memoryLimit: { what: '`memory_limit`', effect: 'reload' },
  persistence: { what: '`persistence`', effect: 'reload' },
  logType: { what: '`log_type`', effect: 'reload' },
  connectionMessages: { what: '`connection_messages`', effect: 'reload' },
} as const satisfies Record<string, Row>

export type BrokerChange = keyof typeof reloadTable

/** Whether the broker uses these changes only after a restart. */
export const requiresRestart = (changes: readonly BrokerChange[]): boolean =>
  changes.some(change => reloadTable[change].effect === 'restart')
