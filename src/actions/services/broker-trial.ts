import { createServer } from 'node:net'
import { join } from 'node:path'
import { withCanaries } from '../../broker/access/canaries.ts'
import { proveAccess } from '../../broker/access/prove-access.ts'
import type { BrokerEndpoint } from '../../broker/connect.ts'
import { probeBroker, waitForBroker } from '../../broker/probe.ts'
import type { BrokerSettings } from '../../broker/profile/broker-settings.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { NewContainer } from '../../node/containerd/ctr-commands.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { broker, mosquitto, paths } from '../../node/paths.ts'
import type { Action } from '../action.ts'
import { isContainerdGone } from '../containerd-gone.ts'
import { expectedAccess } from './broker-access.ts'
import { type BrokerUsers, readBrokerUsers, writeBrokerUsers } from './broker-users.ts'
import { requireFreePorts } from './require-free-ports.ts'

export interface BrokerTrialSpec {
  /** The reference of the broker image. */
  image: string
  settings: BrokerSettings
  /** Users and rules to try; those of this node without it. */
  source?: BrokerUsers
}

const container = 'edgekit-broker-trial'
const directories = { config: join(paths.brokerTrial, 'config'), data: join(paths.brokerTrial, 'data') }
const log = join(paths.brokerTrial, 'log')

/**
 * Leaves nothing: runs a second broker with the configuration on this node, on free ports of 127.0.0.1, and fails unless it
 * accepts the users it must, and no others.
 */
export const brokerTrial: Action<BrokerTrialSpec, null> = {
  kind: 'broker-trial',
  describe: ({ source }) =>
    source ? 'Try the rules in a broker on other ports' : 'Try the broker configuration on other ports',
  // Without others, they are those that a change before it has written.
  inspect: async ({ source }) => (source ? 'needed' : 'done'),
  capture: async () => null,
  async apply(spec, node) {
    await requireFreePorts(node)
    await tryBroker(spec, node).catch((error: unknown) => {
      throw spec.source ? unusableRules(error) : error
    })
    return 'done'
  },
  revert: (_, __, node) => clean(node),
}

const unusableRules = (error: unknown): EdgekitError =>
  new EdgekitError(messageOf(error), {
    code: 'broker-access-unusable',
    remedy:
      'Keep what EdgeCore and the roles need:\n  edgekit broker acl list\nIf containerd is the cause, run:\n  edgekit doctor',
    cause: error,
  })

/** Throws an Error that names the first difference. */
async function tryBroker(spec: BrokerTrialSpec, node: Node): Promise<void> {
  await clean(node)
  try {
    await tryOut(spec, node, spec.source ?? (await readBrokerUsers(node.files)))
  } finally {
    await clean(node)
  }
}

async function tryOut({ image, settings }: BrokerTrialSpec, node: Node, access: BrokerUsers): Promise<void> {
  const { files, containerd } = node
  const expected = settings.profile === 'devices' ? await expectedAccess(settings, node) : undefined
  const endpoints: BrokerEndpoint[] = await Promise.all(
    (expected?.endpoints ?? [broker]).map(async endpoint => ({
      ...endpoint,
      host: '127.0.0.1',
      port: await freePort(),
    })),
  )
  const { canaries, ...users } = withCanaries(access)
  for (const path of [paths.brokerTrial, directories.config])
    await files.makeDirectory(path, { mode: 0o755, uid: 0, gid: 0 })
  await files.makeDirectory(directories.data, { mode: 0o700, ...mosquitto })
  await copyConfig('', files)
  if (expected)
    await writeBrokerUsers(users, files, {
      passwords: join(directories.config, 'passwd'),
      acl: join(directories.config, 'acl'),
    })
  await rewriteListeners(endpoints, files)
  const trial = {
    id: container,
    image,
    mounts: [
      { from: directories.config, to: '/mosquitto/config', writable: false },
      { from: directories.data, to: '/mosquitto/data', writable: true },
    ],
    command: ['/usr/sbin/mosquitto', '-c', '/mosquitto/config/mosquitto.conf'],
  }
  await containerd.runContainer(trial, log)
  try {
    const [first] = endpoints
    if (first) await waitForBroker(first, 20_000, () => isRunning(node))
    if (expected) await proveAccess({ ...expected, endpoints, canaries })
    else if (first) await requireMessages(first)
  } catch (error) {
    const output = await outputOf(trial, node).catch(() => undefined)
    const lines = output?.trimEnd().split('\n') ?? []
    const shown = lines.slice(-10).map(line => `\n  ${line}`)
    throw new Error(`the new broker configuration does not work: ${messageOf(error)}${shown.join('')}`, {
      cause: error,
    })
  }
}

async function requireMessages(endpoint: BrokerEndpoint): Promise<void> {
  const found = await probeBroker(endpoint, { nodeName: undefined })
  if ('qos1' in found && 'ms' in found.qos1) return
  if ('refused' in found) throw new Error(`it refuses a client: ${found.refused.reason}`)
  throw new Error('failure' in found ? found.failure : 'no message comes back')
}

/** What the broker on trial has printed. One that has ended runs again: its log does not always have everything. */
async function outputOf(trial: NewContainer, node: Node): Promise<string | undefined> {
  if (await isRunning(node)) return await node.files.read(log)
  await node.containerd.removeContainer(container)
  return await node.containerd.containerOutput(trial)
}

/** It ends at once after a mistake in its configuration. */
const isRunning = async ({ containerd }: Node): Promise<boolean> =>
  (await containerd.tasks()).some(task => task.container === container && task.status === 'RUNNING')

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

/** Each listener gets the port of its endpoint, in their order, and one that a user has added another; nothing is saved. */
async function rewriteListeners(endpoints: readonly BrokerEndpoint[], files: Files): Promise<void> {
  const own = join(directories.config, 'conf.d')
  const names = (await files.list(own)).filter(name => name.endsWith('.conf')).map(name => join(own, name))
  const ports = endpoints.map(({ port }) => port)
  for (const path of [join(directories.config, 'mosquitto.conf'), ...names]) {
    const lines = ((await files.read(path)) ?? '').split('\n').map(async line => {
      if (/^\s*(persistence|log_dest)\s/.test(line)) return ''
      return /^\s*listener\s/.test(line) ? `listener ${ports.shift() ?? (await freePort())} 127.0.0.1` : line
    })
    await files.write(path, { text: (await Promise.all(lines)).join('\n') }, { mode: 0o644, uid: 0, gid: 0 })
  }
}

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
async function clean(node: Node): Promise<void> {
  const { containerd, files } = node
  if (!(await files.status(paths.brokerTrial))) return
  if (!(await containerd.answers()) && !(await isContainerdGone(node)))
    throw new Error('cannot remove the broker on trial: containerd does not answer')
  await containerd.removeContainer(container)
  await files.removeTree(paths.brokerTrial)
}
