import type { KnownLine } from './known-line.ts'

const addresses = 'grep -nE "httpServer|server:" /etc/kubeedge/config/edgecore.yaml'

/**
 * Why a connection to CloudCore fails, in the words of Go's net, net/http and crypto/tls. `{endpoint}` is the address in
 * the line, or CloudCore. The certificates come from port 10002, the websocket is on 10000.
 */
export const cloudNetworkErrors: readonly KnownLine[] = [
  {
    code: 'cloud-certificate-address',
    pattern:
      /certificate is (?:not )?valid for (?:any names, but wanted to match )?(?<names>[^\n"]{1,300}?)(?:, not (?<requested>[^\s"),]{1,100})|[\s"),>…]|$)/,
    text: 'CloudCore is reachable, but its certificate does not name the address that EdgeCore uses ({requested}; it names {names})',
    remedy:
      'In the cloud, add the address to modules.cloudHub.advertiseAddress (a host name to dnsNames), delete the secret cloudcoresecret and restart CloudCore, which then signs a new certificate. Keep the secret casecret: without it every node must join again with a new token.',
    commands: [
      'kubectl -n kubeedge edit configmap cloudcore',
      'kubectl -n kubeedge delete secret cloudcoresecret',
      'kubectl -n kubeedge rollout restart deployment cloudcore',
    ],
  },
  {
    code: 'cloud-certificate-address',
    pattern: /cannot validate certificate for (?<requested>[^\s"),]{1,100})|relies on legacy Common Name/,
    text: 'CloudCore is reachable, but its certificate does not name the address that EdgeCore uses ({requested})',
    remedy:
      'In the cloud, add the address to modules.cloudHub.advertiseAddress (a host name to dnsNames), delete the secret cloudcoresecret and restart CloudCore, which then signs a new certificate. Keep the secret casecret: without it every node must join again with a new token.',
    commands: [
      'kubectl -n kubeedge edit configmap cloudcore',
      'kubectl -n kubeedge delete secret cloudcoresecret',
      'kubectl -n kubeedge rollout restart deployment cloudcore',
    ],
  },
  {
    code: 'clock-behind',
    pattern: /current time (?<now>[\dT:.+-]{1,40}Z?) is before (?<begins>[\dT:.+-]{1,40}Z?)/,
    text: "the clock of this node is wrong, or CloudCore's: here it is {now}, and CloudCore's certificate begins at {begins}",
    remedy: 'Set the clock of this node and keep it synchronized.',
    commands: ['timedatectl', 'timedatectl set-ntp true', 'systemctl restart edgecore'],
  },
  {
    code: 'cloud-certificate-expired',
    pattern: /current time (?<now>[\dT:.+-]{1,40}Z?) is after (?<ends>[\dT:.+-]{1,40}Z?)/,
    text: "CloudCore's certificate ended at {ends}, or the clock of this node ({now}) is ahead",
    remedy:
      'Check the clock of this node. If it is right, delete the secret cloudcoresecret in the cloud and restart CloudCore, which then signs a new certificate.',
    commands: [
      'timedatectl',
      'kubectl -n kubeedge delete secret cloudcoresecret',
      'kubectl -n kubeedge rollout restart deployment cloudcore',
    ],
  },
  {
    code: 'clock',
    pattern: /certificate has expired or is not yet valid|token used before issued|token is not valid yet/,
    text: "CloudCore's certificate or token is not valid at the time that the clock of this node shows",
    remedy: 'Set the clock of this node and keep it synchronized.',
    commands: ['timedatectl', 'timedatectl set-ntp true'],
  },
  {
    code: 'cloud-ca-changed',
    pattern: /signed by unknown authority|ECDSA verification failure/,
    text: "CloudCore's certificate is not signed by the CA that this node trusts: the cloud was set up again, or this is another cloud",
    remedy:
      'Join again with a new token of that cloud, which moves the CA and the certificates of the node aside.',
    commands: ['keadm gettoken', './edgekit install --rejoin --token-file FILE'],
  },
  {
    code: 'cloud-plain-port',
    pattern: /does not look like a TLS handshake|HTTP response to HTTPS client|malformed HTTP/,
    text: 'what listens at {endpoint} does not speak TLS, so it is not CloudCore',
    remedy: 'Correct host and port: 10002 in modules.edgeHub.httpServer, 10000 in websocket.server.',
    commands: [addresses],
  },
  {
    code: 'cloud-proxy',
    pattern: /proxyconnect|socks connect|Proxy Authentication Required/,
    text: "the proxy in EdgeCore's environment does not let it through to CloudCore",
    remedy: 'Add the address of CloudCore to NO_PROXY in the unit, or remove the proxy.',
    commands: ['systemctl show edgecore -p Environment'],
  },
  {
    code: 'cloud-dns',
    pattern:
      /lookup (?<host>[^\s:]{1,200})|no such host|server misbehaving|Temporary failure in name resolution/,
    text: 'the host name of CloudCore does not resolve ({host})',
    remedy: 'Correct the name in edgecore.yaml, repair DNS on the node, or add the name to /etc/hosts.',
    commands: ['getent hosts {host}', 'cat /etc/resolv.conf'],
  },
  {
    code: 'cloud-refused',
    pattern: /connection refused/,
    text: '{endpoint} refuses the connection: the host answers, and nothing listens on that port',
    remedy: 'Start CloudCore, or correct the port. A firewall may refuse too.',
    commands: [addresses, 'kubectl -n kubeedge get pods,services'],
  },
  {
    code: 'cloud-no-route',
    pattern: /no route to host|network is (?:unreachable|down)|host is down/,
    text: 'the node has no route to {endpoint}',
    remedy: "Connect the node's network, or correct the address of CloudCore.",
    commands: ['ip route', addresses],
  },
  {
    code: 'cloud-timeout',
    pattern: /i\/o timeout|timed? ?out|deadline exceeded|handshake timeout/i,
    text: 'no answer from {endpoint}: a firewall drops the packets, or the host is down',
    remedy: 'Let the node through to ports 10000 and 10002 of CloudCore, and check its address.',
    commands: [addresses, 'ip route'],
  },
  {
    code: 'cloud-connection-cut',
    pattern: /connection reset by peer|\bEOF\b|broken pipe/,
    text: 'something cuts the connection to {endpoint} before CloudCore answers: a firewall, a load balancer without a CloudCore behind it, or a CloudCore that is just starting',
    remedy: 'Check what is between the node and CloudCore, and that CloudCore runs.',
    commands: ['kubectl -n kubeedge get pods,services'],
  },
]
