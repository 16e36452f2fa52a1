import { createServer } from 'node:net'
import { join } from 'node:path'
import { withCanaries } from '../../broker/access/canaries.ts'
import { proveAccess } from '../../broker/access/prove-access.ts'
import type { BrokerEndpoint } from '../../broker/connect.ts'
import { waitForBroker } from '../../broker/probe.ts'
import type { BrokerSettings } from '../../broker/profile/broker-settings.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { containerdNamespace, mosquitto, paths } from '../../node/paths.ts'
import type { Action } from '../action.ts'
import { expectedAccess } from './broker-access.ts'
import { readBrokerUsers, writeBrokerUsers } from './broker-users.ts'

export interface BrokerTrialSpec {
  /** The reference of the broker image. */
  image: string
  settings: BrokerSettings
}

const container = 'edgekit-broker-trial'
const directories = { config: join(paths.brokerTrial, 'config'), data: join(paths.brokerTrial, 'data') }
const log = 'trial.log'

/**
 * Leaves nothing: runs a second broker with the configuration on this node, on free ports of 127.0.0.1, and fails unless it
 * accepts the users it must, and no others.
 */
export const brokerTrial: Action<BrokerTrialSpec, null> = {
  kind: 'broker-trial',
  describe: () => 'Try the broker configuration on other ports',
  inspect: async () => 'done',
  capture: async () => null,
  async apply({ image, settings }, node) {
    await clean(node)
    try {
      await tryOut(image, settings, node)
    } finally {
      await clean(node)
    }
  },
  revert: (_, __, node) => clean(node),
}

async function tryOut(image: string, settings: BrokerSettings, node: Node): Promise<void> {
  const { files, processes } = node
  const expected = await expectedAccess(settings, node)
  const endpoints: BrokerEndpoint[] = await Promise.all(
    expected.endpoints.map(async endpoint => ({ ...endpoint, host: '127.0.0.1', port: await freePort() })),
  )
  const { canaries, ...users } = withCanaries(await readBrokerUsers(files))
  for (const path of [paths.brokerTrial, directories.config])
    await files.makeDirectory(path, { mode: 0o755, uid: 0, gid: 0 })
  await files.makeDirectory(directories.data, { mode: 0o700, ...mosquitto })
  await copyConfig('', files)
  await writeBrokerUsers(users, files, {
    passwords: join(directories.config, 'passwd'),
    acl: join(directories.config, 'acl'),
  })
  await rewriteListeners(endpoints, files)
  await processes.run('ctr', runArguments(image), { timeoutMs: 60_000 })
  try {
    const [local] = endpoints
    if (local) await waitForBroker(local, 20_000)
    await proveAccess({ ...expected, endpoints, canaries })
  } catch (error) {
    const lines =
      (await files.read(join(directories.data, log)).catch(() => undefined))?.trimEnd().split('\n') ?? []
    const shown = lines.slice(-10).map(line => `\n  ${line}`)
    throw new Error(`the new broker configuration does not work: ${messageOf(error)}${shown.join('')}`, {
      cause: error,
    })
  }
}

/** The options of the unit that matter for the configuration. */
const runArguments = (image: string): string[] => [
  ...['--namespace', containerdNamespace, 'run', '--detach', '--net-host', '--read-only', '--seccomp'],
  ...['--mount', `type=bind,src=${directories.config},dst=/mosquitto/config,options=rbind:ro`],
  ...['--mount', `type=bind,src=${directories.data},dst=/mosquitto/data,options=rbind:rw`],
  ...[image, container, '/usr/sbin/mosquitto', '-c', '/mosquitto/config/mosquitto.conf'],
]

async function copyConfig(below: string, files: Files): Promise<void> {
  const from = join(paths.brokerDirectory, below)
  for (const name of await files.list(from)) {
    const status = await files.status(join(from, name))
    const to = join(directories.config, below, name)
    if (status?.kind === 'directory') {
      await files.makeDirectory(to, status)
      await copyConfig(join(below, name), files)
    } else if (status?.kind === 'file') await files.write(to, { copyOf: join(from, name) }, status)
  }
}

/** Each listener gets the port of its endpoint, in their order, and those of conf.d get others; nothing is saved. */
async function rewriteListeners(endpoints: readonly BrokerEndpoint[], files: Files): Promise<void> {
  const own = join(directories.config, 'conf.d')
  const names = (await files.list(own)).filter(name => name.endsWith('.conf'))
  for (const name of names) {
    const text = (await files.read(join(own, name))) ?? ''
    const ports = await Promise.all((text.match(listenerLines) ?? []).map(freePort))
    await files.write(join(own, name), { text: onTrial(text, ports) }, readable)
  }
  const path = join(directories.config, 'mosquitto.conf')
  const text = onTrial(
    (await files.read(path)) ?? '',
    endpoints.map(({ port }) => port),
  )
  await files.write(path, { text: `log_dest file /mosquitto/data/${log}\n${text}` }, readable)
}

const readable = { mode: 0o644, uid: 0, gid: 0 }
const listenerLines = /^ *listener .*$/gm

const onTrial = (text: string, ports: number[]): string =>
  text
    .replaceAll(listenerLines, () => `listener ${ports.shift() ?? 0} 127.0.0.1`)
    .replaceAll(/^ *(persistence|log_dest) .*$/gm, '')

async function freePort(): Promise<number> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  server.once('error', reject).listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
  })
  return promise
}

/** Also what a killed edgekit has left. */
async function clean({ processes, files }: Node): Promise<void> {
  const ctr = (...args: string[]) =>
    processes
      .attempt('ctr', ['--namespace', containerdNamespace, ...args], { timeoutMs: 12_000 })
      .catch(() => undefined)
  if (await files.status(paths.brokerTrial)) {
    await ctr('tasks', 'rm', '--force', container)
    await ctr('containers', 'rm', container)
    await ctr('snapshots', 'rm', container)
    await files.removeTree(paths.brokerTrial)
  }
}
