import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import type { DevicesClient } from '../../devices/client/client.ts'
import { name } from '../../devices/messages/topics.ts'
import type { DevicesSettings } from '../../devices/settings.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { excerpt, hostPort } from '../../lib/format.ts'
import { localNode, type Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import { interruptible } from '../interrupt.ts'
import { readNamedText } from '../read-named-file.ts'

export const settingsFlag = {
  settings: Flags.string({ helpValue: 'FILE', description: 'settings of the service (YAML)' }),
}

/** Throws EdgekitError (invalid-usage) unless every id is one that a device can have. */
export function requireDeviceIds(ids: readonly string[]): void {
  const wrong = ids.find(id => !name.test(id))
  if (wrong !== undefined)
    throw new EdgekitError(`invalid device id ${excerpt(JSON.stringify(wrong))}`, {
      code: 'invalid-usage',
      remedy: 'Use 1 to 128 letters, digits, and _.:-',
    })
}

/** The settings of the service: from a file, the one of the node if it exists, and the environment. Throws EdgekitError. */
export async function devicesSettings(name: string | undefined): Promise<DevicesSettings> {
  // Only here: it loads zod.
  const { readSettings } = await import('../../devices/settings.ts')
  const path = name === undefined ? paths.devicesSettings : resolve(name)
  const text = name === undefined ? await localNode().files.read(path) : await readNamedText(name)
  return readSettings(text === undefined ? undefined : { path, text }, process.env)
}

/** Use the service that runs with these settings, until `work` is done or a signal ends it. Throws EdgekitError. */
export async function withDevicesClient<T>(
  settings: string | undefined,
  work: (client: DevicesClient, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { http } = await devicesSettings(settings)
  const token = await tokenOf(http.tokenFile)
  await requireOwnService(http, localNode())
  const { devicesClient } = await import('../../devices/client/client.ts')
  return await interruptible(
    signal => work(devicesClient({ http, token, signal }), signal),
    'the service keeps running',
  )
}

/**
 * Any user can take the port while the service does not run, and must not get the token. Throws EdgekitError
 * (devices-not-running) unless a program of root, of this user, or of the owner of the token listens there, or none.
 */
export async function requireOwnService(
  { address, port, tokenFile }: DevicesSettings['http'],
  { files, network }: Pick<Node, 'files' | 'network'>,
): Promise<void> {
  const trusted = [0, process.geteuid?.(), (await files.status(tokenFile))?.uid]
  const stranger = (await network.listeningUsers(port)).find(uid => !trusted.includes(uid))
  if (stranger === undefined) return
  throw new EdgekitError(
    `cannot use the device service at ${hostPort(address, port)}: the program that listens there is of user ${stranger}`,
    {
      code: 'devices-not-running',
      remedy: `Stop that program, then start the service:\n  ss -ltnp 'sport = :${port}'\n  edgekit devices serve`,
    },
  )
}

async function tokenOf(path: string): Promise<string> {
  const text = await localNode()
    .files.read(path)
    .catch((error: NodeJS.ErrnoException) => {
      throw unreadable(path, messageOf(error), 'Run the command with sudo.')
    })
  if (text === undefined)
    throw unreadable(path, 'the service creates it at its first start', 'Start it:\n  edgekit devices serve')
  return text.trim()
}

const unreadable = (path: string, reason: string, remedy: string): EdgekitError =>
  new EdgekitError(`cannot read the token ${path}: ${reason}`, { code: 'devices-not-running', remedy })
