import type { Cause } from './causes.ts'

const cause = (code: string, text: string, remedy: string): Cause => ({ code, text, remedy })

export const tlsFilesCause: Cause = cause(
  'tls-files',
  'EventBus cannot read the TLS files it is set to use',
  'put the files there that modules.eventBus.eventBusTLS names, or set its enable to false',
)

export const internalCause: Cause = cause(
  'internal-broker',
  'the broker inside EdgeCore cannot listen at modules.eventBus.mqttServerInternal',
  'set modules.eventBus.mqttMode to 2, so that only the broker on the node is used',
)

export const hungCause: Cause = cause(
  'no-answer',
  'something takes the connection and never answers: it is not an MQTT broker, or the broker is stuck',
  'see which process listens on the port (ss -ltnp), put the broker there, then restart edgecore: it does not give up by itself',
)

export const sameIdCause: Cause = cause(
  'same-client-id',
  'both clients of EventBus use one client id, so the broker cuts one off whenever the other connects',
  'leave modules.eventBus.mqttSubClientID and mqttPubClientID empty, or give them different values',
)

export const unstableCause: Cause = cause(
  'connection-unstable',
  'the connection to the broker is lost again and again',
  'look at the log of the broker (journalctl -u mosquitto): it restarts, or another client uses the same client id',
)

export const lostCause = (said: string): Cause =>
  cause(
    'connection-lost',
    `the connection to the broker was lost: ${said}`,
    'look at the log of the broker (journalctl -u mosquitto); EventBus connects again by itself',
  )
