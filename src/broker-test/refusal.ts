import type { Version } from '../mqtt/packet.ts'
import type { Need } from './capabilities.ts'
import type { Client, TestContext } from './context.ts'
import type { Conversation } from './conversation.ts'
import type { BrokerTest } from './test.ts'
import { fail, inconclusive, Verdict } from './verdict.ts'

interface Refusal extends Pick<BrokerTest, 'id' | 'title' | 'clauses' | 'note'> {
  needs?: readonly Need[]
  /** What the broker must refuse, in words that fit behind "ignored" and "after". */
  what: string
}

/** A packet that must not be accepted instead of CONNECT, or as CONNECT. */
export interface ConnectRefusal extends Refusal {
  packet: (context: TestContext) => Buffer
}

/**
 * The broker must close a connection whose first packet is wrong; a CONNACK that refuses it may come before. Just before, a
 * correct CONNECT must be accepted, and just after it, too.
 */
export const refusesConnect = ({ packet, what, ...test }: ConnectRefusal): BrokerTest => ({
  ...test,
  async run(context) {
    await control(context)
    const client = await context.open()
    await client.send(packet(context))
    await expectRefusal(client, what)
    await fresh(context)
  },
})

/** A packet that a connected client must not send. */
export interface PacketRefusal extends Refusal {
  /** It may first exchange others, so that only one thing is wrong. */
  packet: (context: TestContext, client: Client) => Buffer | Promise<Buffer>
  /** The correct form of it, which the broker must accept just before; otherwise a PINGREQ. */
  control?: (context: TestContext, client: Client) => Promise<void>
  /** Whether a SUBACK with a failure refuses it, too. */
  orSuback?: boolean
}

/** The broker must close the connection of a client that sends a wrong packet, and stay available for others. */
export const refusesPacket = ({
  packet,
  what,
  control: correct,
  orSuback,
  ...test
}: PacketRefusal): BrokerTest => ({
  ...test,
  async run(context) {
    const other = await control(context)
    await asControl(correct ? correct(context, other) : other.ping())
    const client = await context.connect()
    await client.send(await asControl(Promise.resolve(packet(context, client))))
    if (!(orSuback && (await isRefusedBySuback(client)))) await client.expectClosed(what)
    await fresh(context)
  },
})

/** The positive control: without it a broker that refuses everything would pass. */
const control = (context: TestContext): Promise<Client> => asControl(context.connect())

/** What fails before the wrong packet shows nothing about it. */
const asControl = <Value>(work: Promise<Value>): Promise<Value> =>
  work.catch(error => {
    if (!(error instanceof Verdict)) throw error
    throw inconclusive(`the positive control failed: ${error.message}`)
  })

async function fresh(context: TestContext): Promise<void> {
  const client = await context.connect().catch(error => {
    if (!(error instanceof Verdict)) throw error
    throw fail(`afterwards the broker accepts no other client: ${error.message}`)
  })
  await client.ping()
}

async function expectRefusal(client: Conversation, what: string): Promise<void> {
  const connack = await client.find('connack')
  if (connack?.reason === 0) throw fail(`the broker accepted ${what}`)
  await client.expectClosed(what)
}

async function isRefusedBySuback(client: Conversation): Promise<boolean> {
  const { reasons } = (await client.find('suback')) ?? {}
  if (reasons?.some(reason => reason < 0x80)) throw fail('the broker granted the subscription')
  return reasons !== undefined
}

/** The same statements for both versions. */
export const both = (...clauses: string[]): Record<Version, string[]> => ({ 4: clauses, 5: clauses })
