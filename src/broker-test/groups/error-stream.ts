import { uint16 } from '../../mqtt/bytes.ts'
import type { Packet } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import { packetTypes, type Version } from '../../mqtt/packet.ts'
import type { Client, TestContext } from '../context.ts'
import type { ErrorRow } from './error-row.ts'

/** A message of this QoS that the broker has just delivered to the client. */
async function delivered(context: TestContext, client: Client, qos: 1 | 2): Promise<Packet> {
  const topic = context.topic(`delivered${qos}`)
  await client.subscribe(topic, { qos })
  await client.publish({ topic, qos })
  return await client.expect('publish')
}

const empty = Buffer.alloc(0)
const wrongFlags = { 4: ['2.2.2-2', '2.2.2-1'], 5: ['2.1.3-1', '4.13.1-1'] }

/** The control: a delivery that the client acknowledges as it must. */
const completes =
  (qos: 1 | 2) =>
  async (context: TestContext, client: Client): Promise<void> => {
    await client.acknowledge(await delivered(context, client, qos))
    await client.ping()
  }

/** Packets whose only fault is in the flags of their fixed header: each ends an exchange that is in progress. */
const headerRows: readonly ErrorRow[] = [
  {
    id: 'error-flags-puback',
    what: 'PUBACK with flags 1',
    clauses: wrongFlags,
    needs: ['qos1'],
    control: completes(1),
    async packet(context, client) {
      const { id = 0 } = await delivered(context, client, 1)
      return encode.frame(packetTypes.puback, 1, [uint16(id)])
    },
  },
  {
    id: 'error-flags-pubrec',
    what: 'PUBREC with flags 8',
    clauses: wrongFlags,
    needs: ['qos2'],
    control: completes(2),
    async packet(context, client) {
      const { id = 0 } = await delivered(context, client, 2)
      return encode.frame(packetTypes.pubrec, 8, [uint16(id)])
    },
  },
  {
    id: 'error-flags-pubcomp',
    what: 'PUBCOMP with flags 2',
    clauses: wrongFlags,
    needs: ['qos2'],
    control: completes(2),
    async packet(context, client) {
      const { id = 0 } = await delivered(context, client, 2)
      await client.send(encode.ack('pubrec', id))
      await client.answer('pubrel', id)
      return encode.frame(packetTypes.pubcomp, 2, [uint16(id)])
    },
  },
  {
    id: 'error-flags-pubrel',
    what: 'PUBREL with flags 0',
    clauses: { 4: ['3.6.1-1'], 5: ['3.6.1-1', '4.13.1-1'] },
    needs: ['qos2'],
    async control(context, client) {
      await client.publish({ topic: context.topic('control'), qos: 2 })
    },
    async packet(context, client) {
      await client.send(encode.publish(context.version, { topic: context.topic('x'), qos: 2, id: 9 }))
      await client.answer('pubrec', 9)
      return encode.frame(packetTypes.pubrel, 0, [uint16(9)])
    },
  },
  {
    id: 'error-flags-pingreq',
    what: 'PINGREQ with flags 1',
    clauses: wrongFlags,
    packet: () => encode.frame(packetTypes.pingreq, 1, [empty]),
  },
  {
    id: 'error-flags-auth',
    what: 'AUTH with flags 1',
    clauses: { 5: ['4.13.1-1'] },
    packet: () => encode.frame(packetTypes.auth, 1, [empty]),
  },
  {
    id: 'error-auth-uninvited',
    what: 'an AUTH without an Authentication Method',
    clauses: { 5: ['4.12.0-7'] },
    packet: () => encode.goodbye('auth', 0x18, [['authMethod', 'edgekit-unknown']]),
  },
]

const wrongWay: Record<string, (version: Version) => Buffer> = {
  connack: version => encode.connack(version, {}),
  suback: version => encode.subscriptionAck(version, 'suback', { id: 1, reasons: [0] }),
  unsuback: version => encode.subscriptionAck(version, 'unsuback', { id: 1, reasons: [0] }),
  pingresp: () => encode.frame(packetTypes.pingresp, 0, []),
}

const streamRows: readonly ErrorRow[] = [
  ...Object.entries(wrongWay).map(
    ([name, packet]): ErrorRow => ({
      id: `error-from-client-${name}`,
      what: `a ${name.toUpperCase()} from a client`,
      clauses: { 4: ['4.8.0-1'], 5: ['4.13.1-1'] },
      packet: ({ version }) => packet(version),
    }),
  ),
  {
    id: 'error-type-0',
    what: 'the reserved packet type 0',
    clauses: { 4: ['4.8.0-1'], 5: ['4.13.1-1'] },
    packet: () => encode.frame(0, 0, []),
  },
  {
    id: 'error-type-15',
    what: 'the reserved packet type 15',
    clauses: { 4: ['4.8.0-1'] },
    packet: () => encode.frame(15, 0, []),
  },
  {
    id: 'error-length-5-bytes',
    what: 'a Remaining Length of five bytes',
    clauses: { 4: ['4.8.0-1'], 5: ['4.13.1-1'] },
    packet: () => Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]),
  },
  {
    id: 'error-puback-short',
    what: 'a PUBACK of one byte',
    clauses: { 4: ['4.8.0-1'], 5: ['4.13.1-1'] },
    packet: () => encode.frame(packetTypes.puback, 0, [Buffer.from([1])]),
  },
]

export const streamErrors: readonly ErrorRow[] = [...headerRows, ...streamRows]
