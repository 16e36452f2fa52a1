import { type Cause, causeOf, type KnownCause } from './causes.ts'

const external = 'modules.eventBus.mqttServerExternal'

/**
 * What follows `connect error: ` in EventBus's log, and what it means. The words come from eclipse/paho.mqtt.golang
 * v1.2.0, which KubeEdge v1.8 to v1.23 all use, and from Go's net and crypto/tls. The order matters: first match wins.
 */
const connectErrors: readonly KnownCause[] = [
  {
    pattern: /connection refused/,
    code: 'connection-refused',
    text: 'nothing listens at the address EventBus connects to',
    remedy: `start the broker (systemctl start mosquitto) and see whether it listens at ${external}`,
  },
  {
    pattern: /missing port in address/,
    code: 'no-port',
    text: 'the broker address has no port',
    remedy: `set ${external} to tcp://127.0.0.1:1883 and restart edgecore`,
  },
  {
    pattern: /missing address/,
    code: 'no-address',
    text: 'the broker address is empty',
    remedy: `set ${external} to tcp://127.0.0.1:1883 and restart edgecore`,
  },
  {
    pattern: /Unknown protocol/,
    code: 'unknown-scheme',
    text: 'EventBus does not know the scheme of the broker address (mqtt:// and mqtts:// are not known to it)',
    remedy: `use tcp:// or ssl:// in ${external} and restart edgecore`,
  },
  {
    pattern: /No servers defined to connect to/,
    code: 'bad-address',
    text: 'the broker address is not a URL',
    remedy: `set ${external} to tcp://127.0.0.1:1883 and restart edgecore`,
  },
  {
    pattern: /Not Authorized/i,
    code: 'not-authorized',
    text: 'the broker refuses the login: no user name, a wrong one, or a wrong password',
    remedy:
      'set modules.eventBus.mqttUsername and mqttPassword (KubeEdge v1.10 and later; a password without a user name is not sent) to a user the broker knows',
  },
  {
    pattern: /Bad user ?name or password/i,
    code: 'bad-credentials',
    text: 'the broker says the user name or password is wrong',
    remedy: 'set modules.eventBus.mqttUsername and mqttPassword to a user the broker knows',
  },
  {
    pattern: /Identifier rejected/i,
    code: 'client-id-rejected',
    text: 'the broker does not accept the client id',
    remedy: 'leave modules.eventBus.mqttSubClientID and mqttPubClientID empty, or use ids the broker allows',
  },
  {
    pattern: /Server Unavailable/i,
    code: 'broker-unavailable',
    text: 'the broker answers, but says it is not available',
    remedy: 'look at the log of the broker (journalctl -u mosquitto)',
  },
  {
    pattern: /Unn?acceptable protocol version/i,
    code: 'protocol-version',
    text: 'the broker does not speak MQTT 3.1.1, the only version EventBus speaks',
    remedy: 'allow MQTT 3.1.1 on the listener',
  },
  {
    pattern: /certificate signed by unknown authority/,
    code: 'tls-unknown-ca',
    text: "the broker's certificate is not signed by the CA that EventBus trusts",
    remedy:
      'set modules.eventBus.eventBusTLS.tlsMqttCAFile to the CA that signed the certificate of the broker',
  },
  {
    pattern: /legacy Common Name/,
    code: 'tls-no-san',
    text: "the broker's certificate names the host only in its common name, which is not looked at any more",
    remedy: 'give the broker a certificate with a subject alternative name',
  },
  {
    pattern: /certificate has expired or is not yet valid/,
    code: 'tls-expired',
    text: "the broker's certificate is not valid at the time this node's clock shows",
    remedy: 'correct the clock of the node, or renew the certificate of the broker',
  },
  {
    pattern: /certificate is (not )?valid for|cannot validate certificate for/,
    code: 'tls-wrong-name',
    text: "the broker's certificate is for another name or address",
    remedy: `use a name from the certificate in ${external}, or issue a certificate for that address`,
  },
  {
    pattern: /tls: (bad certificate|certificate required|unknown certificate)/,
    code: 'tls-client-certificate',
    text: 'the broker refuses the client certificate, or wants one',
    remedy:
      'set modules.eventBus.eventBusTLS.tlsMqttCertFile and tlsMqttPrivateKeyFile to a certificate the broker trusts',
  },
  {
    pattern: /connection reset by peer|first record does not look like a TLS handshake/,
    code: 'tls-to-plain-port',
    text: 'the connection was cut during the handshake: most likely TLS to a port that speaks plain MQTT',
    remedy: `use tcp:// in ${external} for a plain listener`,
  },
  {
    pattern: /%!s\(<nil>\)|: EOF$/,
    code: 'closed-before-answer',
    text: 'the connection was closed before the broker answered: plain MQTT to a TLS port, or TLS without the client certificate the broker wants',
    remedy: `use ssl:// in ${external} with modules.eventBus.eventBusTLS.enable, or a plain listener on 127.0.0.1`,
  },
  {
    pattern: /i\/o timeout|deadline exceeded/,
    code: 'timeout',
    text: 'the address of the broker does not answer at all: a firewall drops the packets, or the host is down',
    remedy: `see whether ${external} is right and whether a firewall or a proxy (all_proxy in the unit) is in the way`,
  },
  {
    pattern: /no route to host|network is unreachable/,
    code: 'unreachable',
    text: 'there is no way to the address of the broker',
    remedy: `set ${external} to tcp://127.0.0.1:1883 for the broker on this node`,
  },
  {
    pattern: /no such host|lookup /,
    code: 'unknown-host',
    text: 'the host name of the broker is not known',
    remedy: `set ${external} to tcp://127.0.0.1:1883 for the broker on this node`,
  },
]

/** What a `connect error: ` of EventBus means; also for words nobody has met yet. */
export function connectErrorCause(said: string): Cause {
  return (
    causeOf(connectErrors, said) ?? {
      code: 'connect-error',
      text: `EventBus cannot connect to the broker: ${said}`,
      remedy: `look at the log of the broker (journalctl -u mosquitto) and at ${external}`,
    }
  )
}
