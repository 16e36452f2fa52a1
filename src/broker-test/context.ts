import type { Duplex } from 'node:stream'
import type { Packet } from '../mqtt/decode.ts'
import * as encode from '../mqtt/encode.ts'
import type { PacketType, Version } from '../mqtt/packet.ts'
import { describeReason } from '../mqtt/reasons.ts'
import type { Capabilities } from './capabilities.ts'
import { Conversation } from './conversation.ts'
import { Evidence } from './evidence.ts'
import { Linter } from './lint/linter.ts'
import { openSocket } from './open-socket.ts'
import type { Pulse } from './pulse.ts'
import type { Target } from './target.ts'
import type { Trace } from './trace.ts'
import { fail, inconclusive, warn } from './verdict.ts'

/** What is sent again within this time is sent with the reconnect, also on a busy machine. */
const promptMs = 6_000

/** What all tests of a run share. */
export interface RunParts {
  target: Target
  /** Unique to this run: the first level of every topic, and the beginning of every client id. */
  run: string
  trace: Trace
  linter: Linter
  pulse: Pulse
  capabilities: Capabilities
  signal: AbortSignal
  /** How long to wait for what a broker must send again, before it counts as lost. */
  resendMs: number
  /** More listeners of the same broker. */
  listeners: readonly Target[]
  /** A topic that the user of the test may neither publish to nor read. */
  deniedTopic: string | undefined
  /** The node name of a KubeEdge node whose EventBus uses this broker; undefined elsewhere. */
  nodeName: string | undefined
}

/** A connection that the broker has accepted, with its CONNACK. */
export type Client = Conversation & { connack: Packet; clientId: string }

export type ConnectOptions = Partial<Omit<encode.Connect, 'version'>>

/** Everything a test needs: its own topics, client ids, connections, and evidence. */
export class TestContext {
  readonly evidence: Evidence
  readonly version: Version
  readonly parts: RunParts
  readonly #number: number
  readonly #name: string
  readonly #opened: Conversation[] = []
  #counter = 0
  #apart = 0
  #connections = 0
  #isOver = false

  /** `number` is unique among the tests of the run, and `part` in its test. */
  constructor(parts: RunParts, version: Version, number: number, part = '') {
    this.parts = parts
    this.version = version
    this.evidence = new Evidence(parts.target.login?.password)
    this.#number = number
    this.#name = `${number.toString(36)}v${version}${part}`
  }

  get capabilities(): Capabilities {
    return this.parts.capabilities
  }

  /** The user of the test. */
  get login(): Target['login'] {
    return this.parts.target.login
  }

  /**
   * The same test with client ids, connections, and evidence of its own; it must be closed. What a broker sends there is not
   * held against the rules for frames: after a malformed packet it may be out of step.
   */
  apart(): TestContext {
    this.#apart += 1
    return new TestContext(
      { ...this.parts, linter: new Linter() },
      this.version,
      this.#number,
      `a${this.#apart.toString(36)}`,
    )
  }

  /** A topic that no other test of any run has. */
  topic(name: string): string {
    return `${this.parts.run}/${this.#name}/${name}`
  }

  /** At most 23 letters and digits, which every broker must accept (MQTT 3.1.1, section 3.1.3.1). */
  newClientId(): string {
    this.#counter += 1
    return `${this.parts.run}${this.#name}c${this.#counter}`
  }

  /** A connection on which nothing has been sent. */
  async open(target: Target = this.parts.target): Promise<Conversation> {
    const socket = await openSocket(target, 5_000).catch(error => {
      throw inconclusive(`cannot open a connection: ${error instanceof Error ? error.message : error}`)
    })
    return await this.converse(socket)
  }

  /** The same for a connection that is open. */
  async converse(socket: Duplex): Promise<Conversation> {
    const { linter, pulse, trace, capabilities } = this.parts
    this.#connections += 1
    const { version, evidence } = this
    const conversation = new Conversation(socket, {
      version,
      connection: this.#connections,
      evidence,
      linter: linter.connection(version),
      pulse,
      trace,
      subscriptionDelayMs: capabilities.subscriptionDelayMs,
    })
    this.#opened.push(conversation)
    // It opened after the test was interrupted.
    if (this.#isOver) await conversation.drop()
    return conversation
  }

  /** The bytes of a CONNECT that a broker must accept, with changes. */
  connectPacket(options: ConnectOptions = {}): Buffer {
    return encode.connect({
      version: this.version,
      clientId: this.newClientId(),
      clean: true,
      ...this.parts.target.login,
      ...options,
    })
  }

  /**
   * A connection that the broker has accepted. Anything else fails, unless the plainest CONNECT is not accepted either: a
   * broker may have a limit on its connections. `target`: another listener of the broker.
   */
  async connect(options: ConnectOptions = {}, target: Target = this.parts.target): Promise<Client> {
    const clientId = String(options.clientId ?? this.newClientId())
    const answer = await this.#tryConnect({ clientId, ...options }, target)
    if (typeof answer !== 'string') return Object.assign(answer.client, { connack: answer.connack, clientId })
    const plain = await this.#tryConnect({}, target)
    if (typeof plain === 'string') throw inconclusive(`${plain}, as it does with every client now`)
    await plain.client.drop()
    throw fail(answer)
  }

  /** An accepted connection, or what the broker did instead. */
  async #tryConnect(
    options: ConnectOptions,
    target: Target,
  ): Promise<{ client: Conversation; connack: Packet } | string> {
    const client = await this.open(target)
    await client.send(this.connectPacket(options))
    const connack = await client.find('connack')
    if (connack?.reason === 0) return { client, connack }
    if (connack)
      return `the broker refused a valid CONNECT: ${describeReason(connack.reason ?? 0, 'connack', this.version)}`
    return client.isClosed
      ? 'the broker closed the connection instead of sending CONNACK'
      : 'the broker does not answer a valid CONNECT'
  }

  /** A durable session: it outlives its connection. `expirySeconds` applies to MQTT 5. */
  connectDurable(
    clientId: string,
    { clean = false, expirySeconds = 120, ...options }: ConnectOptions & { expirySeconds?: number } = {},
  ): Promise<Client> {
    const { properties = [], ...others } = options
    return this.connect({
      clientId,
      clean,
      ...others,
      ...(this.version === 5 && { properties: [['sessionExpiry', expirySeconds], ...properties] }),
    })
  }

  /**
   * A packet that the broker must send again after a reconnect. MQTT sets no time for it, and nats-server takes 30 s: late is
   * a warning, and never a failure.
   */
  async expectAgain(
    client: Conversation,
    type: PacketType,
    matches: (packet: Packet) => boolean = () => true,
  ): Promise<Packet> {
    const started = performance.now()
    const packet = await client.find(type, matches, Math.max(this.parts.resendMs, promptMs))
    const waitedMs = performance.now() - started
    const waited = `${Math.round(waitedMs / 1000)} s`
    if (!packet) throw fail(`the broker sent no ${type.toUpperCase()} again within ${waited}`)
    if (waitedMs > promptMs)
      throw warn(`the broker sent ${type.toUpperCase()} again, but only after ${waited}`)
    return packet
  }

  /** Remove a session that the test no longer needs, so that less is left when the run is killed. */
  async endSession(clientId: string): Promise<void> {
    const client = await this.connect({ clientId, clean: true })
    await client.disconnect()
  }

  /**
   * Until everything that `publisher` has sent so far has reached `subscriber`: a message behind it has. What has not
   * arrived then does not come.
   */
  async settle(publisher: Conversation, subscriber: Conversation): Promise<void> {
    this.#counter += 1
    const topic = this.topic(`fence/${this.#counter}`)
    await subscriber.subscribe(topic, { qos: 0 })
    await publisher.publish({ topic })
    if (!(await subscriber.find('publish', packet => packet.topic === topic)))
      throw inconclusive('the positive control did not arrive: a plain QoS 0 message to a plain topic')
    await subscriber.pause(50)
  }

  /** Requires that `subscriber` has received no message that was not expected. */
  async expectNoMessage(publisher: Conversation, subscriber: Conversation, what: string): Promise<void> {
    await this.settle(publisher, subscriber)
    const surplus = subscriber.waiting.find(({ type }) => type === 'publish')
    if (surplus) throw fail(`${what}, but a message on ${surplus.topic} arrived`)
  }

  /** Close all connections of the test. */
  async close(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#opened.map(conversation => conversation.drop()))
  }
}
