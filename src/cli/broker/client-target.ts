import { rootCertificates } from 'node:tls'
import { Flags } from '@oclif/core'
import type { BrokerEndpoint } from '../../broker/connect.ts'
import { parseTarget } from '../../broker-test/target.ts'
import { requireOwnBroker } from '../../facts/own-broker.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { localNode } from '../../node/node.ts'
import { broker, paths } from '../../node/paths.ts'
import { readNamedText, readTextOrStdin } from '../read-named-file.ts'
import { localTarget } from './local-target.ts'
import { promptPassword } from './prompt-password.ts'

/** How `pub` and `sub` reach a broker. */
export const clientFlags = {
  url: Flags.string({
    helpValue: 'URL',
    description: 'mqtt://HOST[:PORT], or mqtts://, ws://, wss:// (default: the broker of this node)',
  }),
  username: Flags.string({
    char: 'u',
    helpValue: 'NAME',
    description: 'user (default, on the broker of this node: the user of EdgeCore)',
  }),
  'password-file': Flags.string({
    helpValue: 'FILE',
    dependsOn: ['username'],
    description: 'file with the password, - for standard input (default: ask at the terminal)',
  }),
  ca: Flags.string({
    helpValue: 'FILE',
    dependsOn: ['url'],
    description: 'CA of the broker in PEM (default: those of Node.js, and the CA of this node)',
  }),
}

interface ClientChoice {
  url: string | undefined
  username: string | undefined
  'password-file': string | undefined
  ca: string | undefined
}

/** The broker that the flags name. Throws EdgekitError. */
export async function clientTarget(flags: ClientChoice, signal: AbortSignal): Promise<BrokerEndpoint> {
  const ca = await readNamedText(flags.ca)
  const target =
    flags.url === undefined
      ? undefined
      : parseTarget(flags.url, { username: undefined, password: undefined, ca })
  const login = await loginOf(flags, signal)
  if (!target) {
    if (!login) return (await localTarget()).target
    await requireOwnBroker(localNode())
    return { ...broker, login }
  }
  const { tls, ...rest } = target
  const trusted = ca ?? [...rootCertificates, (await ownCa()) ?? ''].join('\n')
  return { ...rest, ...(login && { login }), ...(tls && { tls: { ca: trusted, verify: true } }) }
}

async function loginOf(
  { username, 'password-file': file }: ClientChoice,
  signal: AbortSignal,
): Promise<BrokerEndpoint['login']> {
  if (username === undefined) return undefined
  if (process.stdin.isTTY && (file === undefined || file === '-'))
    return { username, password: await promptPassword(`Password of ${username}: `, signal) }
  if (file === undefined)
    throw new EdgekitError(`missing the password of ${username}`, {
      code: 'invalid-usage',
      remedy: 'Put it into a file and add --password-file FILE, or - to read it from standard input.',
    })
  return { username, password: await readTextOrStdin(file) }
}

/** The CA of this node's broker; every user may read it. */
const ownCa = (): Promise<string | undefined> => localNode().files.read(paths.brokerCa)
