import type { ProbeResult } from '../../broker/probe-result.ts'
import type { BrokerClientsFacts } from '../../facts/broker-clients.ts'
import type { BrokerConfigFacts } from '../../facts/broker-config.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { formatBytes, plural } from '../../lib/format.ts'
import { broker } from '../../node/paths.ts'
import type { Check, Finding } from '../check.ts'

const nearlyAll = 0.9
const nearlyFull = 0.8
/** A fleet that is offline has one session per device; what leaves ten for each client that is connected has random client IDs. */
const manySessions = 1_000
const sessionsPerClient = 10

export const brokerCapacity: Check = {
  id: 'broker-capacity',
  title: 'Broker has room for clients and messages',
  tags: ['checklist', 'doctor'],
  needs: ['broker-active', 'broker-listening'],
  run(facts) {
    const config = requireFact(facts.brokerConfig)
    const isReachable = !('value' in facts.brokerProbe && 'failure' in facts.brokerProbe.value)
    const most = config?.listeners.find(({ port }) => port === broker.port)?.maxConnections
    const clients = requireFact(facts.brokerClients)
    const outOfMemory = memoryErrors(facts)
    if (!isReachable && most !== undefined && clients.total >= most)
      return tooManyClients('fail', clients, most)
    if (outOfMemory.length > 0)
      return noMemory(isReachable ? 'warn' : 'fail', outOfMemory, config?.memoryLimit)
    if (most !== undefined && clients.total >= nearlyAll * most) return tooManyClients('warn', clients, most)
    const full = clients.devices.find(
      ({ port, connections }) => connections >= nearlyAll * mostOn(port, config),
    )
    if (full) return tooManyDevices(full, mostOn(full.port, config))
    const found = statistics(facts)
    const { heapBytes = 0, waitingSessions = 0, clients: connected = 0 } = found
    const limit = config?.memoryLimit
    if (limit !== undefined && heapBytes >= nearlyFull * limit) return nearLimit(found, limit)
    if (waitingSessions >= Math.max(manySessions, sessionsPerClient * connected))
      return forgottenSessions(waitingSessions, connected)
    return { status: 'pass', observed: `${clients.total} of ${most ?? 'unlimited'} connections` }
  },
}

function tooManyClients(
  status: 'warn' | 'fail',
  { total, users }: BrokerClientsFacts,
  most: number,
): Finding {
  return {
    status,
    observed: `${total} of ${most} connections are in use`,
    expected:
      'free connections (max_connections in mosquitto.conf): EdgeCore needs two after a restart of the broker',
    evidence: users.map(({ name, connections }) => `user ${name} has ${connections}`),
    remedy: {
      text: 'Find the programs that hold the connections, and stop those that need none.',
      commands: [`ss -Htnp "dport = :${broker.port}"`],
    },
  }
}

/** `max_connections` is for each listener; without listeners or with one without a limit, infinite. */
const mostOn = (port: number, config: BrokerConfigFacts | undefined): number => {
  const limits = (config?.listeners ?? []).filter(listener => listener.port === port)
  return limits.length === 0
    ? Number.POSITIVE_INFINITY
    : limits.reduce((sum, { maxConnections = Number.POSITIVE_INFINITY }) => sum + maxConnections, 0)
}

const tooManyDevices = (
  { port, connections }: BrokerClientsFacts['devices'][number],
  most: number,
): Finding => ({
  status: 'warn',
  observed: `${connections} of ${most} connections to port ${port} are in use`,
  expected: 'free connections (maxConnections of the broker): it refuses devices at the limit',
  remedy: {
    text: 'Find out which devices connect more than once. For more devices, raise the limit.',
    commands: [
      `ss -Htn state established "sport = :${port}"`,
      `edgekit broker configure --set maxConnections=${2 * most}`,
    ],
  },
})

type Statistics = Partial<
  Pick<Extract<ProbeResult, { qos0: unknown }>, 'clients' | 'heapBytes' | 'waitingSessions'>
>

/** What the broker publishes about itself; nothing when it could not be asked. */
function statistics({ brokerProbe }: Facts): Statistics {
  return 'value' in brokerProbe && 'qos0' in brokerProbe.value ? brokerProbe.value : {}
}

const nearLimit = ({ heapBytes = 0, waitingSessions = 0 }: Statistics, limit: number): Finding => ({
  status: 'warn',
  observed: `the broker uses ${formatBytes(heapBytes)} of its limit of ${formatBytes(limit)}`,
  expected: 'room for new messages (memory_limit in mosquitto.conf): at the limit it disconnects publishers',
  evidence: [`${plural(waitingSessions, 'durable session')} of offline clients`],
  remedy: {
    text: 'Find out what fills it: retained messages, or queues of clients that do not come back. Their sessions expire 14 days after they have left. For a larger limit, set it.',
    commands: ["edgekit sub '$SYS/broker/+/messages/#' '$SYS/broker/messages/#' -v -W 2s"],
  },
})

const forgottenSessions = (waiting: number, connected: number): Finding => ({
  status: 'warn',
  observed: `${waiting} durable sessions wait for clients that are offline, and ${plural(connected, 'client')} ${connected === 1 ? 'is' : 'are'} connected`,
  expected: 'one session per client: each queues messages for 14 days',
  remedy: {
    text: 'Find clients that connect with a new client ID each time, and set clean session or a fixed client ID there.',
    commands: ['journalctl -u mosquitto -n 100 --no-pager | grep " c0, "'],
  },
})

const noMemory = (status: 'warn' | 'fail', lines: readonly string[], limit: number | undefined): Finding => ({
  status,
  observed: `the broker had no memory left${limit === undefined ? '' : ` below its limit of ${formatBytes(limit)}`}, and disconnected clients`,
  expected: 'room for new messages: retained messages and sessions stay until they are deleted',
  evidence: lines.slice(-3),
  remedy: {
    text: 'Stop the program that publishes without end, then restart the broker. What is too large to load is set aside.',
    commands: ['systemctl restart mosquitto', 'journalctl -u mosquitto -n 100 --no-pager'],
  },
})

/** "Client X disconnected due to out of memory" or "Error: Out of memory" since the broker started last. */
function memoryErrors(facts: Facts): string[] {
  const journal = requireFact(facts.brokerJournal)
  const started = journal.findLastIndex(({ pid, text }) => pid === 1 && text.startsWith('Started '))
  return journal.slice(started + 1).flatMap(({ text }) => (/out of memory/i.test(text) ? [text] : []))
}
