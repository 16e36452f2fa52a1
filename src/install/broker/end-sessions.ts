import { setTimeout as sleep } from 'node:timers/promises'
import { readLocalLogin } from '../../broker/access/local-login.ts'
import { close, open } from '../../broker/connect.ts'
import { readSavedSessions } from '../../broker/saved-sessions.ts'
import { brokerConfig } from '../../facts/broker-config.ts'
import { requireOwnBroker } from '../../facts/own-broker.ts'
import type { Node } from '../../node/node.ts'
import { broker, brokerContainer } from '../../node/paths.ts'

const saveMs = 10_000
const connectMs = 5_000

/**
 * Deletes the durable sessions of users, with what is queued for them, and returns how many: the running broker saves its database,
 * which has the user of each session, and a client with the same client ID replaces the session by one that ends at once. Throws an Error.
 */
export async function endSessions(
  users: readonly string[],
  node: Node,
  signal: AbortSignal,
): Promise<number> {
  const login = await readLocalLogin(node.files)
  const saved = await readSavedSessions(node.files.parts(await saveDatabase(node, signal)))
  const theirs = saved.filter(({ user }) => users.includes(user))
  await requireOwnBroker(node)
  for (const { clientId } of theirs) {
    const session = { clientId, clean: true, expirySeconds: 0, prepare: () => undefined }
    await close(await open({ ...broker, login }, connectMs, 5, session), { endSession: true })
  }
  return theirs.length
}

/** Returns the path of the database. */
async function saveDatabase(node: Node, signal: AbortSignal): Promise<string> {
  const { files, containerd } = node
  const config = await brokerConfig.collect(node, signal)
  if (config?.dataDirectory === undefined) throw new Error('the broker does not save its sessions')
  const path = `${config.dataDirectory}/${config.persistenceFile}`
  const before = await files.modified(path)
  await containerd.signalContainer(brokerContainer, 'SIGUSR1')
  for (const end = Date.now() + saveMs; (await files.modified(path)) === before; await sleep(50)) {
    signal.throwIfAborted()
    if (Date.now() > end) throw new Error('the broker does not save its database')
  }
  return path
}
