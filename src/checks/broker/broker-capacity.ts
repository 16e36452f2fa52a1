import type { BrokerClientsFacts } from '../../facts/broker-clients.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { formatBytes } from '../../lib/format.ts'
import { broker } from '../../node/paths.ts'
import type { Check, Finding } from '../check.ts'

const nearlyAll = 0.9

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
