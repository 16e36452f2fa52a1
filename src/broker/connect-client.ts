import type mqtt from 'mqtt'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { hostPort, shellWord } from '../lib/format.ts'
import { slowness } from '../lib/slowness.ts'
import { type BrokerEndpoint, open, refusalOf } from './connect.ts'

const timeoutMs = 10_000 * slowness()
/** Unacceptable protocol version: CONNACK of MQTT 3.1.1 (section 3.2.2.3) and of MQTT 5 (section 3.2.2.2). */
const otherVersion = [1, 0x84]

/**
 * Connects with MQTT 5, or 3.1.1 if the broker has no other. Throws EdgekitError (broker-unreachable), or the reason of the signal
 * when that is aborted.
 */
export async function connectClient(endpoint: BrokerEndpoint, signal: AbortSignal): Promise<mqtt.MqttClient> {
  try {
    return await open(endpoint, timeoutMs, 5, undefined, signal).catch((error: unknown) => {
      if (!otherVersion.includes(refusalOf(error) ?? -1)) throw error
      return open(endpoint, timeoutMs, 4, undefined, signal)
    })
  } catch (error) {
    signal.throwIfAborted()
    const refused = refusalOf(error) !== undefined
    throw new EdgekitError(
      `cannot connect to ${hostPort(endpoint.host, endpoint.port)}: ${messageOf(error).replace(/^Connection refused: /, 'the broker refuses it: ')}`,
      {
        code: 'broker-unreachable',
        remedy: refused
          ? endpoint.login
            ? 'Check the user name and the password.'
            : 'Name a user of the broker, with its password in a file:\n  --username NAME --password-file FILE\nOn the node, root connects as EdgeCore without these.'
          : 'Check the address, and with TLS the CA and the name in the URL. On the node of the broker, run:\n  edgekit doctor',
        cause: error,
      },
    )
  }
}

/** The broker has accepted the connection of this user and denies this. */
export const denied = (
  access: 'read' | 'write',
  topic: string,
  { login: { username } = { username: 'NAME', password: '' } }: BrokerEndpoint,
): EdgekitError =>
  new EdgekitError(
    `the broker does not allow ${access === 'read' ? 'subscribing to' : 'publishing on'} ${topic}`,
    {
      code: 'broker-denied',
      remedy: `On the node of the broker, find out why:\n  edgekit broker acl check --user ${shellWord(username)} --topic ${shellWord(topic)} --${access}`,
    },
  )
