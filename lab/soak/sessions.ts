import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { leaderOf } from '../machine/cgroups.ts'
import type { LabNode } from '../machine/node.ts'

const program = fileURLToPath(new URL('clients.ts', import.meta.url))

/** A message that the broker has acknowledged. */
export interface Sent {
  number: number
  /** Milliseconds since 1970. */
  time: number
}

/** What the broker has kept for a durable session. */
export interface Kept {
  sessionPresent: boolean
  /** The numbers of its queued messages. */
  queued: number[]
  /** The number of the message retained in its topic. */
  retained: number | undefined
}

async function startClients(node: LabNode, ...args: string[]): Promise<ChildProcess> {
  const enter = [`--target=${await leaderOf(node.name)}`, '--net', process.execPath, program]
  return spawn('nsenter', [...enter, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/**
 * Publish messages to durable sessions that are offline, one after another, until the broker is gone: message `n` to session
 * `n % sessions`. Resolves when the first one is acknowledged; `sent` grows meanwhile.
 */
export async function startSending(
  node: LabNode,
  sessions: number,
  first: number,
): Promise<{ sent: readonly Sent[]; ended: Promise<unknown> }> {
  const child = await startClients(node, 'send', `${sessions}`, `${first}`)
  const sent: Sent[] = []
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout ?? process.stdin)
  lines.on('line', line => sent.push(JSON.parse(line) as Sent))
  await Promise.race([once(lines, 'line'), ended])
  return { sent, ended }
}

/** Connect all sessions, and return what each of them gets. */
export async function receive(node: LabNode, sessions: number): Promise<Kept[]> {
  const child = await startClients(node, 'receive', `${sessions}`)
  let output = ''
  child.stdout?.on('data', chunk => {
    output += chunk
  })
  await once(child, 'close')
  return JSON.parse(output) as Kept[]
}
