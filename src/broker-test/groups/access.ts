import * as encode from '../../mqtt/encode.ts'
import { describeReason } from '../../mqtt/reasons.ts'
import type { ConnectOptions, TestContext } from '../context.ts'
import { both } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { fail, skip, warn } from '../verdict.ts'

/** A refusal ends the connection (MQTT 3.1.1, section 3.2.2.3; MQTT 5, sections 3.1.4 and 3.2.2.2). */
const closes = { 4: ['3.2.2-5'], 5: ['3.1.4-2', '3.2.2-7'] }

/** Who must not be accepted, although MQTT leaves that to the broker. */
const strangers: readonly [id: string, who: string, login: (own: Login) => ConnectOptions][] = [
  ['no-login', 'a client without a user name', () => ({ username: undefined, password: undefined })],
  ['wrong-password', 'a wrong password', ({ password }) => ({ password: `${password}x` })],
  ['empty-password', 'an empty password', () => ({ password: '' })],
  ['no-password', 'a user name without a password', () => ({ password: undefined })],
  ['unknown-user', 'an unknown user', ({ username }) => ({ username: `${username}-edgekit-unknown` })],
]

type Login = NonNullable<TestContext['parts']['target']['login']>

function loginOf({ parts }: TestContext): Login {
  const { login } = parts.target
  if (!login) throw skip('the test has no user name; add --username and --password-file')
  return login
}

/** Connect as a stranger, who must be refused, and disconnected. The control has been accepted just before. */
async function expectRefused(context: TestContext, options: ConnectOptions, who: string): Promise<void> {
  const stranger = await context.open()
  await stranger.send(context.connectPacket(options))
  const connack = await stranger.find('connack')
  if (connack?.reason === 0) throw warn(`the broker accepts ${who}`)
  const answer = connack && describeReason(connack.reason ?? 0, 'connack', context.version)
  if (await stranger.closes()) return
  throw connack
    ? fail(`the broker refused ${who} with ${answer}, and kept the connection`)
    : fail(`the broker neither accepts nor refuses ${who}`)
}

export const access: readonly BrokerTest[] = [
  ...strangers.map(
    ([id, who, options]): BrokerTest => ({
      id: `access-${id}`,
      title: `The broker refuses ${who}`,
      clauses: closes,
      async run(context) {
        const login = loginOf(context)
        await (await context.connect()).ping()
        await expectRefused(context, options(login), who)
      },
    }),
  ),
  {
    id: 'access-refused-take-over',
    title: 'A refused client does not disconnect another with its client id',
    clauses: both(),
    async run(context) {
      const { password } = loginOf(context)
      const client = await context.connect()
      await expectRefused(
        context,
        { clientId: client.clientId, password: `${password}x` },
        'a wrong password',
      )
      if (await client.closes(300)) throw warn('the broker disconnected the client that had authenticated')
      await client.ping()
    },
  },
  {
    id: 'access-denied-publish',
    title: 'A message on a denied topic reaches no client',
    clauses: { 4: ['3.3.5-2'], 5: [] },
    needs: ['qos1'],
    note: 'The topic of --denied-topic, or one that the access list of this node does not name.',
    async run(context) {
      const { deniedTopic: topic } = context.parts
      if (topic === undefined) throw skip('no topic is known that the user may not use; add --denied-topic')
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      await publisher.publish({ topic: context.topic('control'), qos: 1 })
      await subscriber.send(
        encode.subscribe(context.version, subscriber.nextId(), [{ filter: topic, qos: 0 }]),
      )
      // It may also grant the subscription, and deliver nothing.
      const isGranted = (await subscriber.find('suback'))?.reasons?.some(reason => reason < 0x80) === true
      await publisher.send(encode.publish(context.version, { topic, qos: 1, id: publisher.nextId() }))
      const puback = await publisher.find('puback')
      if (!puback && !(await publisher.closes()))
        throw fail(`the broker neither acknowledges a message on ${topic} nor closes the connection`)
      if (isGranted)
        await context.expectNoMessage(await context.connect(), subscriber, `the user may not use ${topic}`)
      if (context.version === 5 && puback && (puback.reason ?? 0) < 0x80)
        throw warn(`the broker acknowledges a message on ${topic} as if it were allowed`)
    },
  },
]
