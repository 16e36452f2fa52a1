import { withoutTime } from '../../../broker/log/log-time.ts'
import { requireFact } from '../../../facts/fact.ts'
import type { Facts } from '../../../facts/index.ts'
import type { JournalLine } from '../../../node/systemd-journal.ts'
import type { Check, Finding } from '../../check.ts'

interface Loss {
  /** A line about one client (src/database.c, loop.c, and handle_connect.c of mosquitto 2.0). */
  pattern: RegExp
  /** How often it must be there for one client. A client that reconnects faster than the broker notices is there once. */
  atLeast: number
  /** How long it counts; clients that disconnect each other do so every few seconds. */
  withinMs?: number
  text: string
  remedy: string
  commands: string[]
}

const losses: readonly Loss[] = [
  {
    pattern: /^Outgoing messages are being dropped for client (.+)\.$/,
    atLeast: 1,
    text: 'the queue is full, and messages are dropped, for client $1',
    remedy:
      'Find out why this client does not receive: it is offline, or too slow. A longer queue only helps for a while.',
    commands: ['edgekit broker configure --set maxQueuedMessages=1000000'],
  },
  {
    pattern: /^Client (.+?)(?: \[[^\]]*:\d+\])? disconnected due to oversize packet\.$/,
    atLeast: 1,
    text: 'client $1 sent a message above max_packet_size and was disconnected',
    remedy: 'Send smaller messages, or raise the limit.',
    commands: ['edgekit broker configure --set maxPacketSize=10000000'],
  },
  {
    pattern: /^(?:Error: )?Client (.+) already connected, closing old connection\.$/,
    atLeast: 3,
    withinMs: 20_000,
    text: 'several clients use the client ID $1 and disconnect each other',
    remedy: 'Give each client its own client ID.',
    commands: [],
  },
]

export const brokerLosses: Check = {
  id: 'broker-losses',
  title: 'Broker drops no messages and clients',
  tags: ['doctor'],
  needs: ['broker-active', 'journal-kept'],
  run(facts) {
    const journal = requireFact(facts.brokerJournal)
    const { now } = requireFact(facts.clock)
    const edgecore = edgecoreClients(facts)
    const found = losses.flatMap(({ pattern, atLeast, withinMs = now, text, ...advice }) =>
      [...clientsIn(linesSince(journal, now - withinMs), pattern)]
        .filter(([client, { length }]) => length >= atLeast && !edgecore.includes(client))
        .map(([client, shown]) => ({
          ...advice,
          text: text.replace('$1', client),
          line: shown.at(-1) ?? '',
        })),
    )
    const [first] = found
    if (!first) return lossesByStatistics(facts)
    return {
      status: 'warn',
      observed: found.map(loss => loss.text).join('; '),
      expected: 'every message reaches its subscribers',
      evidence: found.slice(0, 5).map(({ line }) => line),
      remedy: {
        text: first.remedy,
        commands: [...first.commands, 'journalctl -u mosquitto -n 100 --no-pager'],
      },
    }
  },
}

/** Fewer than one in ten minutes: those of before fade away slowly. */
const fewPerMinute = 0.1

/** A busy broker soon has too many later lines: it logs only the first message that it drops for a client. */
function lossesByStatistics({ brokerProbe }: Facts): Finding {
  const probe = 'value' in brokerProbe ? brokerProbe.value : undefined
  const dropped = (probe && 'qos0' in probe && probe.droppedPerMinute) || 0
  if (dropped < fewPerMinute) return { status: 'pass', observed: 'none found in the last lines of the log' }
  return {
    status: 'warn',
    observed: `the broker drops messages: about ${Math.ceil(dropped)} per minute within the last 15 minutes`,
    expected: 'every message reaches its subscribers',
    evidence: [`$SYS/broker/load/publish/dropped/15min: ${dropped}`],
    remedy: {
      text: 'Find the clients whose queues are full: they are offline, or too slow.',
      commands: ['journalctl -u mosquitto --no-pager | grep "being dropped for client"'],
    },
  }
}

const linesSince = (journal: readonly JournalLine[], since: number): string[] =>
  journal.filter(({ time }) => time >= since).map(({ text }) => text)

/** The client IDs in edgecore.yaml: `event-bus-clients` reports when they are the same. */
function edgecoreClients({ edgecoreConfig }: Facts): string[] {
  const eventBus = 'value' in edgecoreConfig ? edgecoreConfig.value.config?.eventBus : undefined
  return eventBus ? [eventBus.mqttSubClientID.value, eventBus.mqttPubClientID.value] : []
}

/** The lines that match, by the client that they name. */
const clientsIn = (lines: readonly string[], pattern: RegExp): Map<string, string[]> =>
  Map.groupBy(
    lines.filter(line => pattern.test(withoutTime(line))),
    line => pattern.exec(withoutTime(line))?.[1] ?? '',
  )
