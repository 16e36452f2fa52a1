import { cloudNetworkErrors } from './cloud-network-errors.ts'
import type { KnownLine } from './known-line.ts'

const server = 'grep -n -A6 "websocket:" /etc/kubeedge/config/edgecore.yaml'

/** Why the websocket to CloudCore (port 10000) is not opened. EdgeCore retries every 5 s, and 30 s after the fifth time. */
export const cloudLinkErrors: readonly KnownLine[] = [
  {
    code: 'cloud-websocket-port',
    // Port 10002 answers 404 to a websocket; only the line of ws.go has the code (kubeedge 3772, 2849).
    pattern: /bad handshake(?:[\s\S]{0,80}response code: 404|(?![\s\S]{0,80}response code: \d))/,
    text: 'what answers at modules.edgeHub.websocket.server is not the websocket of CloudCore (bad handshake): the port is wrong',
    remedy:
      'Set modules.edgeHub.websocket.server to port 10000 of CloudCore (30000 for its NodePort) and restart.',
    commands: [server, './edgekit install --cloudcore HOST:10000'],
  },
  {
    code: 'cloud-handshake',
    pattern: /bad handshake[\s\S]{0,80}response code: (?<status>\d{3})/,
    text: 'a proxy or another server answers at modules.edgeHub.websocket.server with HTTP {status}',
    remedy: 'Pass port 10000 of CloudCore through at layer 4, and check the address.',
    commands: [server],
  },
  {
    code: 'node-certificate-rejected',
    pattern: /remote error: tls: (?<alert>[\w ]{1,60})/,
    text: "CloudCore does not accept this node's certificate ({alert}): it is from another CA, or something in between ends TLS",
    remedy:
      'If ports 10000, 10002 and 10004 pass through at layer 4, join again with a new token, which moves the certificates aside.',
    commands: ['keadm gettoken', './edgekit install --rejoin --token-file FILE'],
  },
  {
    code: 'node-certificate-unreadable',
    pattern: /failed to load x509 key pair|cannot parse the certificates|open \/\S{1,200}\.(?:crt|key)/i,
    text: "EdgeCore cannot read this node's certificate, its key or the CA",
    remedy: 'Restore the files, or join again with a new token, which moves them aside.',
    commands: [
      'ls -l /etc/kubeedge/ca /etc/kubeedge/certs',
      'keadm gettoken',
      './edgekit install --rejoin --token-file FILE',
    ],
  },
  {
    code: 'cloud-quic',
    pattern: /HandshakeTimeout|NetworkIdleTimeout|No recent network activity/i,
    text: 'CloudCore does not answer over QUIC: it has QUIC switched off, or UDP does not reach its port 10001',
    remedy:
      'Enable modules.cloudHub.quic in CloudCore and let UDP to port 10001 through, or use the websocket (modules.edgeHub.websocket.enable true, quic.enable false).',
    commands: ['grep -n -A6 "quic:" /etc/kubeedge/config/edgecore.yaml'],
  },
  ...cloudNetworkErrors,
]
