import type { Cause } from './known-line.ts'

const brokerLog = ['journalctl -u mosquitto -n 50 --no-pager']

export const tlsFilesCause: Cause = {
  code: 'event-bus-tls-files',
  text: 'EventBus cannot read the TLS files in its configuration',
  remedy: 'Put the files where modules.eventBus.eventBusTLS names them, or set its enable to false.',
  commands: ['grep -n tlsMqtt /etc/kubeedge/config/edgecore.yaml'],
}

export const internalCause: Cause = {
  code: 'internal-broker',
  text: 'the broker inside EdgeCore cannot listen at modules.eventBus.mqttServerInternal',
  remedy: 'Set modules.eventBus.mqttMode to 2, which uses only the broker on the node.',
}

export const hungCause: Cause = {
  code: 'no-answer',
  text: 'something takes the connection and never answers: it is not an MQTT broker, or the broker is stuck',
  remedy:
    'Find what listens on the port, let the broker take its place, and restart EdgeCore, which does not give up by itself.',
  commands: ['ss -ltnp "sport = :1883"', 'systemctl restart mosquitto edgecore'],
}

export const stuckCause: Cause = {
  code: 'broker-stuck',
  text: 'the broker stopped answering (no answer to a ping): it is stuck or overloaded',
  remedy: 'Restart the broker.',
  commands: ['systemctl restart mosquitto', ...brokerLog],
}

export const sameIdCause: Cause = {
  code: 'same-client-id',
  text: 'both clients of EventBus use one client id, so the broker cuts one off whenever the other connects',
  remedy: 'Leave modules.eventBus.mqttSubClientID and mqttPubClientID empty, or give them different values.',
  commands: ['grep -n ClientID /etc/kubeedge/config/edgecore.yaml'],
}

export const unstableCause: Cause = {
  code: 'connection-unstable',
  text: 'the connection to the broker is lost again and again',
  remedy: 'Read the broker log: it restarts, or another client uses the same client id.',
  commands: brokerLog,
}

export const lostCause = (message: string): Cause => ({
  code: 'connection-lost',
  text: `the connection to the broker was lost: ${message}`,
  remedy: 'Read the broker log. EventBus reconnects by itself.',
  commands: brokerLog,
})
