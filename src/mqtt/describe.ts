import { excerpt } from '../lib/format.ts'
import type { Packet } from './decode.ts'
import { type Version, versionNames } from './packet.ts'
import type { Properties } from './properties.ts'
import { describeReason } from './reasons.ts'

const describeProperties = (properties: Properties): string[] =>
  properties.map(([name, value]) => {
    if (value instanceof Uint8Array) return `${name}=${excerpt(Buffer.from(value).toString('hex'), 40)}`
    return `${name}=${typeof value === 'object' ? value.map(text => excerpt(text, 40)).join(':') : excerpt(String(value), 40)}`
  })

function describeConnect({ connect }: Packet): string[] {
  if (!connect) return []
  const { version, clientId, clean, keepAliveSeconds, will, username } = connect
  return [
    `MQTT ${versionNames[version]}`,
    `client ${clientId === '' ? '(empty)' : excerpt(clientId)}`,
    clean ? 'clean' : 'resume',
    `keep alive ${keepAliveSeconds} s`,
    ...(will ? [`will ${excerpt(will.topic)} QoS ${will.qos}${will.retain ? ' retained' : ''}`] : []),
    ...(username === undefined ? [] : ['with user name']),
  ]
}

/** One packet in one line: its type and what it has. Passwords are not part of it. */
export function describePacket(packet: Packet, version: Version): string {
  const { type, id, topic, payload, qos, retain, dup, reason, reasons, sessionPresent } = packet
  return [
    type.toUpperCase(),
    ...describeConnect(packet),
    ...(id === undefined ? [] : [`id ${id}`]),
    ...(topic === undefined ? [] : [excerpt(topic), `QoS ${qos}`]),
    ...(type === 'publish' && retain ? ['retain'] : []),
    ...(type === 'publish' && dup ? ['dup'] : []),
    ...(sessionPresent ? ['session present'] : []),
    ...(reason === undefined ? [] : [describeReason(reason, type, version)]),
    ...(reasons ?? []).map(code => describeReason(code, type, version)),
    ...(packet.subscriptions ?? []).map(({ filter, qos }) => `${excerpt(filter)} QoS ${qos}`),
    ...(type === 'unsubscribe' ? (packet.filters ?? []).map(filter => excerpt(filter)) : []),
    ...describeProperties(packet.properties),
    ...(payload === undefined ? [] : [`${payload.length} bytes`]),
  ].join(', ')
}
