import { type Cause, causeOf, type KnownLine } from './known-line.ts'

const external = 'modules.eventBus.mqttServerExternal'
const edgecoreYaml = '/etc/kubeedge/config/edgecore.yaml'
const patchAddress = [
  `edgekit edgecore patch ${edgecoreYaml} --set ${external}=tcp://127.0.0.1:1883`,
  'systemctl restart edgecore',
]
const brokerLog = ['journalctl -u mosquitto -n 50 --no-pager']
const tlsSettings = [`grep -nE "mqttServerExternal|tlsMqtt" ${edgecoreYaml}`]

/**
 * What follows `connect error: ` in EventBus's log. The words come from eclipse/paho.mqtt.golang v1.2.0, which KubeEdge
 * v1.8 to v1.23 all use, and from Go's net and crypto/tls.
 */
export const connectErrors: readonly KnownLine[] = [
  {
    code: 'open-files',
    pattern: /too many open files/,
    text: 'EdgeCore has as many open files as it may have',
    remedy: 'Restart EdgeCore, and raise LimitNOFILE of the unit.',
    commands: ['systemctl show edgecore -p LimitNOFILE', 'systemctl restart edgecore'],
  },
  {
    code: 'connection-refused',
    pattern: /connection refused/,
    text: 'nothing listens at the address that EventBus connects to',
    remedy: `Start the broker, and check that it listens at ${external}.`,
    commands: ['systemctl start mosquitto', 'ss -ltnp "sport = :1883"'],
  },
  {
    code: 'no-port',
    pattern: /missing port in address/,
    text: 'the broker address has no port',
    remedy: `Set ${external} to tcp://127.0.0.1:1883 and restart EdgeCore.`,
    commands: patchAddress,
  },
  {
    code: 'no-address',
    pattern: /missing address/,
    text: 'the broker address is empty',
    remedy: `Set ${external} to tcp://127.0.0.1:1883 and restart EdgeCore.`,
    commands: patchAddress,
  },
  {
    code: 'unknown-scheme',
    pattern: /Unknown protocol/,
    text: 'EventBus does not know the scheme of the broker address (it has no mqtt:// and mqtts://)',
    remedy: `Use tcp:// or ssl:// in ${external} and restart EdgeCore.`,
    commands: patchAddress,
  },
  {
    code: 'bad-address',
    pattern: /No servers defined to connect to/,
    text: 'the broker address is not a URL',
    remedy: `Set ${external} to tcp://127.0.0.1:1883 and restart EdgeCore.`,
    commands: patchAddress,
  },
  {
    code: 'not-authorized',
    pattern: /Not Authorized/i,
    text: 'the broker refuses the login: no user name, a wrong one, or a wrong password',
    remedy:
      'Set modules.eventBus.mqttUsername and mqttPassword to a user that the broker has (KubeEdge v1.10 and later; EventBus does not send a password without a user name).',
  },
  {
    code: 'bad-credentials',
    pattern: /Bad user ?name or password/i,
    text: 'the broker refuses the user name or the password',
    remedy: 'Set modules.eventBus.mqttUsername and mqttPassword to a user that the broker has.',
  },
  {
    code: 'client-id-rejected',
    pattern: /Identifier rejected/i,
    text: 'the broker refuses the client id',
    remedy:
      'Leave modules.eventBus.mqttSubClientID and mqttPubClientID empty, or use ids that the broker allows.',
  },
  {
    code: 'broker-unavailable',
    pattern: /Server Unavailable/i,
    text: 'the broker answers that it is not available',
    remedy: 'Read the broker log.',
    commands: brokerLog,
  },
  {
    code: 'protocol-version',
    pattern: /Unn?acceptable protocol version/i,
    text: 'the broker does not accept MQTT 3.1.1, the only version that EventBus speaks',
    remedy: 'Allow MQTT 3.1.1 on the listener.',
  },
  {
    code: 'tls-unknown-ca',
    pattern: /certificate signed by unknown authority/,
    text: "the broker's certificate is not signed by the CA that EventBus trusts",
    remedy: "Set modules.eventBus.eventBusTLS.tlsMqttCAFile to the CA that signed the broker's certificate.",
    commands: tlsSettings,
  },
  {
    code: 'tls-no-san',
    pattern: /legacy Common Name/,
    text: "the broker's certificate has its host name only in the common name, which EventBus ignores",
    remedy: 'Create a certificate with a subject alternative name for the broker.',
  },
  {
    code: 'tls-expired',
    pattern: /certificate has expired or is not yet valid/,
    text: "the broker's certificate is not valid at the time that the clock of this node shows",
    remedy: "Correct the clock of the node, or renew the broker's certificate.",
    commands: ['timedatectl'],
  },
  {
    code: 'tls-wrong-name',
    pattern: /certificate is (?:not )?valid for|cannot validate certificate for/,
    text: "the broker's certificate is for another name or address",
    remedy: `Use a name from the certificate in ${external}, or issue a certificate for that address.`,
    commands: tlsSettings,
  },
  {
    code: 'tls-client-certificate',
    pattern: /tls: (?:bad certificate|certificate required|unknown certificate)/,
    text: 'the broker refuses the client certificate, or requires one',
    remedy:
      'Set modules.eventBus.eventBusTLS.tlsMqttCertFile and tlsMqttPrivateKeyFile to a certificate that the broker trusts.',
    commands: tlsSettings,
  },
  {
    code: 'tls-to-plain-port',
    pattern: /connection reset by peer|first record does not look like a TLS handshake/,
    text: 'the connection was cut during the handshake: most likely TLS to a port that speaks plain MQTT',
    remedy: `Use tcp:// in ${external} for a plain listener.`,
    commands: patchAddress,
  },
  {
    code: 'closed-before-answer',
    pattern: /%!s\(<nil>\)|: EOF$/,
    text: 'the connection was closed before the broker answered: plain MQTT to a TLS port, or TLS without the client certificate that the broker requires',
    remedy: `Use ssl:// in ${external} with modules.eventBus.eventBusTLS.enable, or a plain listener on 127.0.0.1.`,
    commands: tlsSettings,
  },
  {
    code: 'unknown-host',
    pattern: /no such host|lookup /,
    text: 'the host name of the broker does not resolve',
    remedy: `Set ${external} to tcp://127.0.0.1:1883 for the broker on this node.`,
    commands: patchAddress,
  },
  {
    code: 'timeout',
    pattern: /i\/o timeout|deadline exceeded/,
    text: 'the broker address does not answer at all: a firewall drops the packets, or the host is down',
    remedy: `Check ${external}, the firewall, and all_proxy in the unit, which EventBus follows.`,
    commands: ['systemctl show edgecore -p Environment', ...tlsSettings],
  },
  {
    code: 'unreachable',
    pattern: /no route to host|network is unreachable/,
    text: 'the node has no route to the broker address',
    remedy: `Set ${external} to tcp://127.0.0.1:1883 for the broker on this node.`,
    commands: patchAddress,
  },
]

/** What a `connect error: ` of EventBus means; also for words that are not in the list. */
export function connectErrorCause(message: string): Cause {
  return (
    causeOf(connectErrors, message) ?? {
      code: 'connect-error',
      text: `EventBus cannot connect to the broker: ${message}`,
      remedy: `Read the broker log, and check ${external}.`,
      commands: brokerLog,
    }
  )
}
