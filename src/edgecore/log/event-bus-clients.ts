import type { LogRecord } from './klog.ts'

/** One of EventBus's two MQTT clients: `sub` receives, `pub` sends. */
export interface Client {
  phase: 'none' | 'trying' | 'failed' | 'lost' | 'up'
  id?: string
  /** When this phase began, and the line that shows it. */
  since?: number
  line?: string
  /** The last failed attempt since it was last up. */
  error?: string
  errorLine?: string
  /** Why the connection was lost, until an attempt failed or succeeded. */
  loss?: string
  lossLine?: string
}

/** The log may begin after the connect: these lines show it too. */
const received = /^OnSubMessageReceived receive msg/
const sent = /^Success in pubMQTT with topic: /
const bothConnected = /^Init Sub And Pub Client for extern[ae]l mqtt broker .* successfully/

/** A lost connection. */
interface Loss {
  of: Client
  at?: number
  line: string
}

/**
 * Follows both clients by what they log (edge/pkg/eventbus/mqtt/client.go and common/util/common.go, the same words in
 * v1.8 to v1.23). A failed attempt does not name its client: it is the one that has waited longest.
 */
export function clientReader() {
  const sub: Client = { phase: 'none' }
  const pub: Client = { phase: 'none' }
  const losses: Loss[] = []
  let hadOneId = false

  function read(record: LogRecord): void {
    const { message } = record
    const attempt = /^start connect to mqtt server with client id: (.+)$/.exec(message)
    const failure = /^connect error: ([\s\S]*)$/.exec(message)
    const lost = /^on(Sub|Pub)ConnectionLost with error: ([\s\S]*)$/.exec(message)
    if (attempt) begin(record, attempt[1] ?? '')
    else if (failure) fail(record, failure[1] ?? '')
    else if (lost) lose(record, lost[1] === 'Sub' ? sub : pub, lost[2] ?? '')
    else if (message === 'finish hub-client sub') connected(record, sub)
    else if (message === 'finish hub-client pub') connected(record, pub)
    else if (sub.phase === 'none' && received.test(message)) connected(record, sub)
    else if (pub.phase === 'none' && sub.phase === 'up' && sent.test(message)) connected(record, pub)
    else if (bothConnected.test(message)) {
      for (const client of [sub, pub]) if (client.phase === 'none') connected(record, client)
    }
  }

  function begin(record: LogRecord, id: string): void {
    const client = clientOf(id)
    client.id = id
    hadOneId ||= sub.id === pub.id
    // An attempt that was never answered keeps waiting; its clock does not start again.
    if (client.phase !== 'trying') move(client, 'trying', record)
  }

  function clientOf(id: string): Client {
    if (/^hub-client-sub-/.test(id)) return sub
    if (/^hub-client-pub-/.test(id)) return pub
    // Ids from the configuration: the receiving client comes first, and both may have the same id.
    const waiting = [sub, pub].find(({ phase }) => phase === 'lost' || phase === 'failed')
    if (sub.id === id && pub.id === id) return waiting ?? sub
    if (pub.id === id) return pub
    if (sub.id === undefined) return sub
    return sub.id === id && sub.phase !== 'up' ? sub : pub
  }

  function fail(record: LogRecord, said: string): void {
    const trying = [sub, pub].filter(({ phase }) => phase === 'trying')
    const client =
      trying.reduce<Client | undefined>(
        (a, b) => (a && (a.since ?? 0) <= (b.since ?? 0) ? a : b),
        undefined,
      ) ?? sub
    // The file may end in the middle of the line.
    if (!client.error?.startsWith(said)) {
      client.error = said
      client.errorLine = record.line
    } else if (client.error === said) client.errorLine = record.line
    delete client.loss
    move(client, 'failed', record)
  }

  function lose(record: LogRecord, client: Client, said: string): void {
    losses.push({ of: client, line: record.line, ...(record.at === undefined ? {} : { at: record.at }) })
    client.loss = said
    client.lossLine = record.line
    move(client, 'lost', record)
  }

  function connected(record: LogRecord, client: Client): void {
    delete client.error
    delete client.errorLine
    delete client.loss
    move(client, 'up', record)
  }

  /** Lines were dropped: the answer to an open attempt may be among them. */
  function gap(): void {
    for (const client of [sub, pub]) if (client.phase === 'trying') delete client.since
  }

  const sameId = (): boolean =>
    hadOneId || (sub.id !== undefined && pub.id === undefined && losses.length > 0)

  return { sub, pub, losses, read, gap, sameId }
}

function move(client: Client, phase: Client['phase'], record: LogRecord): void {
  client.phase = phase
  client.line = record.line
  if (record.at === undefined) delete client.since
  else client.since = record.at
}
