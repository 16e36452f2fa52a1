/** A fault of a broker that makes tests fail: not a false alarm, because a frame shows it. */
export interface Fault {
  /** The tests that find it. */
  tests: RegExp
  /** What happened, as in the evidence: `sent`, `received`, or `closed`, and the packet. */
  frame: RegExp
  what: string
}

const accepted = /^received: CONNACK, (?:session present, )?0x00/
/** The answer to a PINGREQ behind what should have ended the connection. */
const ignored = /^received: PINGRESP/
const granted = /^received: SUBACK, id 1, 0x00/

const overlapping: Fault = {
  tests: /^qos-overlapping$/,
  frame: /^received: PUBLISH, .*\/overlap\/x, QoS 0/,
  what: 'It delivers with the QoS of one of the overlapping subscriptions, not with the highest.',
}
const authDataAlone: Fault = {
  tests: /^connect-auth-data-alone$/,
  frame: accepted,
  what: 'It accepts Authentication Data without a method (section 3.1.2.11.10: a Protocol Error).',
}
const willAtSessionEnd: Fault = {
  tests: /^will-session-end$/,
  frame: /^closed/,
  what: 'It holds a will back for its delay although the session has ended (eclipse-mosquitto/mosquitto#3505).',
}
const expiryAfterPublish: Fault = {
  tests: /^expiry-after-publish$/,
  frame: /^received: PUBREL, id 1/,
  what: 'It drops a message that expires after its PUBREC: its PUBREL is not resent, unlike that of a longer message.',
}
const publisherIdentifier: Fault = {
  tests: /^error-property-subscription-id$|^vectors-publish-property-value$/,
  frame: ignored,
  what: 'It accepts a Subscription Identifier from a publisher (eclipse-mosquitto/mosquitto#3319).',
}
const emptyShareName: Fault = {
  tests: /^error-share-name-empty$/,
  frame: granted,
  what: 'It accepts a shared subscription without a name (eclipse-mosquitto/mosquitto#3706).',
}
const unvalidatedConnect: Fault = {
  tests: /^vectors-connect-/,
  frame: accepted,
  what: 'It does not validate CONNECT.',
}
const unvalidatedOthers: Fault = {
  tests: /^vectors-(?!connect-)/,
  frame: ignored,
  what: 'It does not validate what clients send.',
}
const badDisconnect: Fault = {
  tests: /^will-bad-disconnect$/,
  frame: /^closed/,
  what: 'It takes a malformed DISCONNECT for a correct one, and discards the will.',
}
const reservedFlag: Fault = {
  tests: /^connect-rejected-data$/,
  frame: /^received: PUBLISH, .*\/behind, QoS 0, 7 bytes/,
  what: 'It accepts the reserved Connect Flag, and handles what follows.',
}

const mosquitto: readonly Fault[] = [
  overlapping,
  authDataAlone,
  willAtSessionEnd,
  expiryAfterPublish,
  publisherIdentifier,
  emptyShareName,
]

/** Why tests fail on each broker: every failure has one row, and every row has failures. */
export const faults: Readonly<Record<string, readonly Fault[]>> = {
  'mosquitto-2.0.21': mosquitto,
  'mosquitto-2.0.21-secured': [
    {
      tests: /^websocket-text$/,
      frame: ignored,
      what: 'It takes a text frame of a WebSocket for a binary one.',
    },
  ],
  'mosquitto-2.0.11': [
    ...mosquitto,
    {
      tests: /^error-share-(?:no|empty)-filter$/,
      frame: granted,
      what: 'It accepts a shared subscription without a topic filter.',
    },
    {
      tests: /^error-share-no-local$/,
      frame: ignored,
      what: 'It accepts No Local for a shared subscription.',
    },
    {
      tests:
        /^error-flags-(?:puback|pubrec|pubcomp|pingreq)$|^vectors-(?:puback|pubrec|pubcomp|pingreq)-flags$/,
      frame: ignored,
      what: 'It does not look at the flags of these packets.',
    },
    {
      tests: /^vectors-(?:puback|pubrec|pubrel|pubcomp|pingreq)-trailing$/,
      frame: ignored,
      what: 'It ignores bytes after the last field of these packets.',
    },
    {
      tests: /^vectors-pub(?:ack|rec|rel|comp)-reason$/,
      frame: ignored,
      what: 'It accepts unknown Reason Codes.',
    },
    {
      tests:
        /^error-from-client-(?:suback|unsuback|pingresp)$|^vectors-(?:suback|unsuback|pingresp)-from-client$/,
      frame: ignored,
      what: 'It ignores packets that only a server may send.',
    },
    {
      tests: /^error-property-response-topic-wildcard$/,
      frame: ignored,
      what: 'It accepts a Response Topic with a wildcard.',
    },
    {
      tests: /^frame-receive-maximum$/,
      frame: /^received: 4 unacknowledged messages, and the client accepts 3/,
      what: 'When several acknowledgments arrive at once, it sends more than the Receive Maximum.',
    },
  ],
  'aedes-2.0.0-beta.1': [
    {
      tests: /^vectors-connect-/,
      frame: accepted,
      what: 'It does not validate CONNECT. Two Session Expiry Intervals end its process.',
    },
    unvalidatedOthers,
    overlapping,
    {
      tests: /^subscribe-identifier-overlap$/,
      frame: /^received: PUBLISH, .*\/overlap\/x, QoS 0, subscriptionId=11/,
      what: 'One of two subscription identifiers is missing (moscajs/aedes#1090).',
    },
    {
      tests: /^frame-properties$/,
      frame: /^received: willDelay in PUBLISH/,
      what: 'It delivers the Will Delay Interval with the will (moscajs/aedes#1098).',
    },
    {
      tests: /^connect-(?:client-id|will-topic|user-name)-(?:surrogate|overlong|truncated|null)$/,
      frame: accepted,
      what: 'It does not validate the strings of CONNECT.',
    },
    {
      tests:
        /^connect-(?:will-qos-3|user-name-without-flag|password-without-flag|password-without-user-name|will-topic-wildcard|packet-size-0|problem-info-2|response-info-2|.*-twice|foreign-property|server-property|will-property)$/,
      frame: accepted,
      what: 'It does not validate flags and properties of CONNECT.',
    },
    {
      tests:
        /^error-(?:publish|subscribe|unsubscribe)-(?:id-0|surrogate|overlong|truncated|null|utf8|identifier-twice)$/,
      frame: ignored,
      what: 'It validates neither strings nor Packet Identifiers.',
    },
    {
      tests: /^error-unsubscribe-none$|^error-puback-short$/,
      frame: ignored,
      what: 'It accepts packets that are too short.',
    },
    {
      tests:
        /^error-property-(?:subscription-id|foreign|expiry-twice|content-type-twice|response-topic-utf8|content-type-utf8|user-property-utf8)$/,
      frame: ignored,
      what: 'It does not validate properties.',
    },
    {
      tests: /^once-received-(?:qos-1-)?cut-after-publish$/,
      frame: /^received: PUBLISH, id \d+, .*\/inbox, QoS [12], 4 bytes$/,
      what: 'It resends without DUP.',
    },
    {
      tests: /^once-received-several-released$/,
      frame: /^received: PUBREL, id/,
      what: 'Of several PUBRELs it resends only the last.',
    },
    {
      tests: /^frame-publish-after-pubrel$/,
      frame: /^received: identifier \d+ was released/,
      what: 'To a client that returns it sends a message again that it has released.',
    },
    {
      tests: /^session-without-subscriptions$|^session-clean-start-durable$/,
      frame: accepted,
      what: 'It keeps no session without subscriptions.',
    },
    {
      tests: /^will-properties$|^property-user-properties(?:-retained)?$/,
      frame: /^received: PUBLISH, .*userProperty=b:1, userProperty=b:[13], userProperty=a:2/,
      what: 'It sorts User Properties by their names.',
    },
    {
      tests: /^receive-maximum-[13]-qos-[12]$/,
      frame: /^received: PUBLISH, id \d+, .*\/slow, QoS [12], 1 bytes/,
      what: 'It does not respect the Receive Maximum of a client.',
    },
    {
      tests: /^frame-receive-maximum$/,
      frame: /^received: 2 unacknowledged messages, and the client accepts 1/,
      what: 'It does not respect the Receive Maximum of a client.',
    },
    {
      tests: /^packet-size-of-client$/,
      frame: /^received: PUBLISH, .*\/size, QoS 1, 1000 bytes/,
      what: 'It does not respect the Maximum Packet Size of a client.',
    },
    {
      tests: /^frame-size-publish$/,
      frame: /^received: \d+ bytes, and the client accepts 200/,
      what: 'It does not respect the Maximum Packet Size of a client.',
    },
    {
      tests: /^frame-dup-qos0$/,
      frame: /^received: DUP with QoS 0/,
      what: 'It forwards the DUP of a publisher.',
    },
  ],
  'ejabberd-24.12': [
    authDataAlone,
    publisherIdentifier,
    {
      tests: /^connect-empty-client-id-durable$/,
      frame: accepted,
      what: 'It accepts a durable session without a client id.',
    },
    {
      tests: /^connect-(?:foreign|server|will)-property$|^vectors-connect-(?:will-)?property-foreign$/,
      frame: accepted,
      what: 'It accepts properties of other packets in CONNECT.',
    },
    {
      tests:
        /^error-property-foreign$|^error-subscribe-identifier-0$|^error-(?:un)?subscribe-none$|^vectors-(?:(?:un)?subscribe-cut|subscribe-options|subscribe-property-value|(?!connect)\w+-property-foreign)$/,
      frame: ignored,
      what: 'It ignores these errors.',
    },
    {
      tests: /^expiry-passed-queued$/,
      frame: /^received: PUBLISH, .*messageExpiry=\d+, 5 bytes|^received: PUBLISH, .*5 bytes/,
      what: 'It delivers an expired message to a session that returns.',
    },
    {
      tests: /^packet-size-of-client$/,
      frame: /^received: PUBLISH, .*\/size, QoS 1, 1000 bytes/,
      what: 'It does not respect the Maximum Packet Size of a client.',
    },
    {
      tests: /^frame-size-(?:publish|disconnect)$/,
      frame: /^received: \d+ bytes, and the client accepts \d+/,
      what: 'It does not respect the Maximum Packet Size of a client.',
    },
    {
      tests: /^frame-reason$/,
      frame: /^received: SUBACK with code 0x8f/,
      what: 'It answers SUBSCRIBE of MQTT 3.1.1 with a code of MQTT 5.',
    },
  ],
  'activemq-5.17.6': [
    unvalidatedConnect,
    unvalidatedOthers,
    reservedFlag,
    badDisconnect,
    {
      tests:
        /^connect-(?:reserved-flag|header-flags|will-(?:qos|retain)-without-will|will-qos-3|(?:user-name|password)-without-flag|will-topic-wildcard)$/,
      frame: accepted,
      what: 'It does not validate the flags and the will topic of CONNECT.',
    },
    {
      tests: /^connect-(?:client-id|will-topic|user-name)-(?:surrogate|overlong|truncated|null)$/,
      frame: accepted,
      what: 'It does not validate the strings of CONNECT.',
    },
    {
      tests:
        /^connect-take-over-durable$|^session-(?:present|without-subscriptions|subscriptions|queue-qos-[12]|after-cut)$|^once-received-/,
      frame: /^received: CONNACK, 0x00/,
      what: 'Session Present is 0 in every CONNACK.',
    },
    {
      tests: /^once-sent-(?:publish-twice|cut-after-(?:publish|pubrec))$/,
      frame: /^received: PUBLISH, .*\/once, QoS 0, 4 bytes/,
      what: 'It delivers a message of QoS 2 again when the PUBLISH is repeated before its PUBREL.',
    },
    {
      tests:
        /^error-publish-(?:id-0|surrogate|overlong|truncated|null)$|^error-(?:un)?subscribe-(?:none|id-0|utf8|null)$/,
      frame: ignored,
      what: 'It validates neither strings, nor Packet Identifiers, nor that there is a topic filter.',
    },
    {
      tests: /^error-flags-(?:puback|pubrec|pubcomp|pubrel|pingreq)$|^error-puback-short$/,
      frame: ignored,
      what: 'It looks neither at the flags nor at the length of these packets.',
    },
  ],
  'rabbitmq-4.0.5': [
    unvalidatedConnect,
    unvalidatedOthers,
    authDataAlone,
    publisherIdentifier,
    reservedFlag,
    {
      tests: /^connect-(?:reserved-flag|will-qos-without-will|will-retain-without-will|will-topic-wildcard)$/,
      frame: accepted,
      what: 'It does not validate the flags and the will topic of CONNECT.',
    },
    {
      tests: /^connect-(?:client-id|will-topic)-(?:surrogate|overlong|truncated|null)$/,
      frame: accepted,
      what: 'It does not validate the strings of CONNECT.',
    },
    {
      tests:
        /^connect-(?:receive-maximum-0|problem-info-2|response-info-2|.*-twice|(?:foreign|server|will)-property)$/,
      frame: accepted,
      what: 'It does not validate the properties of CONNECT.',
    },
    {
      tests: /^retained-wildcard$/,
      frame: /^received: SUBACK, id 1, 0x01/,
      what: 'It sends no retained messages to subscriptions with wildcards.',
    },
    {
      tests: /^system-topics-hidden$/,
      frame: /^received: PUBLISH, \$edgekit\//,
      what: 'A leading wildcard matches $-topics.',
    },
    {
      tests: /^frame-topic-match$/,
      frame: /^received: no subscription matches \$edgekit\//,
      what: 'A leading wildcard matches $-topics.',
    },
    {
      tests: /^session-without-subscriptions$|^session-clean-start-durable$/,
      frame: accepted,
      what: 'It keeps no session without subscriptions.',
    },
    badDisconnect,
    {
      tests: /^error-publish-(?:hash|plus|only-hash|empty-topic|id-0|surrogate|overlong|truncated|null)$/,
      frame: ignored,
      what: 'It does not validate topic names and identifiers.',
    },
    {
      tests: /^error-property-(?:response-topic-wildcard|foreign|.*-twice|.*-utf8)$/,
      frame: ignored,
      what: 'It does not validate properties.',
    },
    {
      tests: /^error-subscribe-(?:hash-middle|hash-glued|plus-glued|plus-before|empty)$/,
      frame: granted,
      what: 'It does not validate topic filters.',
    },
    {
      tests: /^error-subscribe-(?:reserved|id-0|utf8|null|identifier-0|identifier-twice)$/,
      frame: ignored,
      what: 'It does not validate SUBSCRIBE.',
    },
    {
      tests: /^error-unsubscribe-(?:none|utf8|id-0)$/,
      frame: ignored,
      what: 'It does not validate UNSUBSCRIBE.',
    },
    {
      tests: /^error-flags-(?:puback|pingreq)$/,
      frame: ignored,
      what: 'It does not look at the flags of these packets.',
    },
  ],
  'nats-2.10.27': [
    unvalidatedConnect,
    unvalidatedOthers,
    {
      tests: /^vectors-pub(?:lish|ack|rec|rel|comp)-(?:cut|trailing)$/,
      frame: /^sent: PUB.* \[.*(?:ends before its last field|after the last field)/,
      what: 'It reads a packet that is too short or too long together with the next one, and waits for more.',
    },
    {
      tests:
        /^connect-(?:header-flags|(?:user-name|password)-without-flag|(?:client-id|will-topic|user-name)-null)$/,
      frame: accepted,
      what: 'It does not validate the flags, the end, and the null characters of CONNECT.',
    },
    {
      tests:
        /^error-publish-(?:surrogate|overlong|truncated|null)$|^error-subscribe-null$|^error-(?:un)?subscribe-id-0$/,
      frame: ignored,
      what: 'It validates neither strings nor Packet Identifiers.',
    },
    {
      tests: /^error-subscribe-(?:hash-glued|plus-glued|plus-before)$/,
      frame: granted,
      what: 'It accepts wildcards that do not stand alone in their level.',
    },
    {
      tests: /^error-flags-(?:puback|pubrec|pubcomp|pubrel|pingreq)$/,
      frame: ignored,
      what: 'It does not look at the flags of these packets.',
    },
    badDisconnect,
    {
      tests: /^once-received-(?:cut-after-pubrec|several-released)$/,
      frame: accepted,
      what: 'It does not resend PUBREL to a client that returns.',
    },
    {
      tests: /^session-queue-qos-2$/,
      frame: /^sent: PUBREC, id 1/,
      what: 'It does not answer PUBREC in a session that was resumed.',
    },
    {
      tests: /^once-sent-release-after-cut$/,
      frame: /^received: PUBLISH, , QoS 0/,
      what: 'A message whose PUBREL comes on another connection loses its topic.',
    },
    {
      tests: /^frame-topic(?:-match)?$/,
      frame: /^received: .*PUBLISH, , QoS 0/,
      what: 'A message whose PUBREL comes on another connection loses its topic.',
    },
  ],
}
