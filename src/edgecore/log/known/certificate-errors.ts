import { cloudNetworkErrors } from './cloud-network-errors.ts'
import type { KnownLine } from './known-line.ts'

const newToken = ['keadm gettoken', './edgekit install --cloudcore HOST:10000 --token-file FILE']

/**
 * Why EdgeCore gets no certificates from CloudCore and ends (edge/pkg/edgehub/certificate/certmanager.go; the answers are
 * those of cloud/pkg/cloudhub/servers/httpserver). Reported more than any other fault: kubeedge 3912, 2220, 4418, 5681,
 * 6025 (address), 5826 (token), 5766, 4266 (TLS ended on the way).
 */
export const certificateErrors: readonly KnownLine[] = [
  {
    code: 'token-expired',
    pattern: /token is expired/i,
    text: 'the bootstrap token has expired (CloudCore answers 401); it is valid for 24 hours',
    remedy: 'Get a new token in the cloud and install with it.',
    commands: newToken,
  },
  {
    code: 'token-format',
    pattern: /credentials are in the wrong format|token is empty|token cannot be split/,
    text: 'the bootstrap token is missing or incomplete (it has four parts with dots between them)',
    remedy: 'Get a token in the cloud and install with it.',
    commands: newToken,
  },
  {
    code: 'token-ca',
    pattern: /failed to validate CA certificate/,
    text: 'the bootstrap token belongs to another cloud, or this cloud has a new CA: its CA hash is not that of the CA that is served',
    remedy:
      'Get a token from the cloud that modules.edgeHub.httpServer names (port 10002) and install with it.',
    commands: newToken,
  },
  {
    code: 'token-wrong',
    pattern: /code: 401|token validation failure|signature is invalid/,
    text: 'CloudCore does not accept the bootstrap token (401): it is wrong, or from before the cloud was set up again',
    remedy: 'Get a new token in the cloud and install with it.',
    commands: newToken,
  },
  {
    code: 'certificates-not-writable',
    pattern: /failed to save the (?:CA )?certificate/,
    text: 'EdgeCore cannot save the certificates that it got',
    remedy: 'Make /etc/kubeedge/ca and /etc/kubeedge/certs writable, and free space.',
    commands: ['findmnt -T /etc/kubeedge', 'df -h /etc/kubeedge'],
  },
  {
    code: 'tls-intercepted',
    pattern: /remote error: tls: (?<alert>[\w ]{1,60})/,
    text: 'something between this node and CloudCore ends TLS ({alert}): CloudCore itself asks for no client certificate here',
    remedy:
      'Let the load balancer or proxy pass ports 10000, 10002 and 10004 through at layer 4, without TLS of its own.',
    commands: ['grep -n httpServer /etc/kubeedge/config/edgecore.yaml'],
  },
  ...cloudNetworkErrors,
  {
    code: 'cloud-http-error',
    pattern: /failed to call http, code: (?<status>\d{3})/,
    text: 'what answers at {endpoint} returns HTTP {status} in place of a certificate',
    remedy: "Check that modules.edgeHub.httpServer names CloudCore (port 10002), and read CloudCore's log.",
    commands: ['grep -n httpServer /etc/kubeedge/config/edgecore.yaml'],
  },
  {
    code: 'no-certificates',
    pattern: /failed to apply the edge certs|failed to get (?:the )?(?:CA|edge) certificate/,
    text: 'the node has no certificates and cannot get them from CloudCore',
    remedy: 'Read the line for the reason; check modules.edgeHub.httpServer (port 10002) and the token.',
    commands: newToken,
  },
]
