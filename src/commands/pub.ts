import { Args, Flags } from '@oclif/core'
import { awaitAnswer } from '../broker/await-answer.ts'
import { close, refusalOf } from '../broker/connect.ts'
import { connectClient, denied } from '../broker/connect-client.ts'
import { clientFlags, clientTarget } from '../cli/broker/client-target.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { qosFlag, qosOf } from '../cli/flags/qos.ts'
import { interruptible } from '../cli/interrupt.ts'
import { readFileOrStdin } from '../cli/read-named-file.ts'
import { EdgekitError } from '../lib/errors.ts'
import type { PubOutput } from '../ui/json/broker/messages.ts'

/** MQTT 5, section 3.4.2.1: not authorized. */
const notAuthorized = 0x87
/** MQTT 5, section 2.1.4, less the header. */
const maxPayload = 268_000_000

export default class Pub extends EdgekitCommand {
  static override summary = 'Publish a message'
  static override description =
    'Publishes on the broker of this node as EdgeCore does, as another user, or on any broker. It succeeds when the broker has acknowledged the message; with --qos 0, when it is sent. Passwords are read from a file, standard input, or the terminal, never from the command line.'
  static override examples = [
    'sudo edgekit pub device/sensor-1/command \'{"led": true}\'',
    'edgekit pub device/s1/status online --url mqtts://broker.lan --username s1',
    'sudo edgekit pub config/all --file config.json --retain',
  ]
  static override args = {
    topic: Args.string({ required: true, description: 'topic, without wildcards' }),
    message: Args.string({ description: 'the message (default: an empty one)' }),
  }
  static override flags = {
    ...clientFlags,
    file: Flags.string({ helpValue: 'FILE', description: 'file with the message; - reads standard input' }),
    ...qosFlag,
    retain: Flags.boolean({ char: 'r', description: 'the broker keeps the message for later subscribers' }),
  }

  async run(): Promise<PubOutput> {
    const { args, flags } = await this.parse(Pub)
    const { topic } = args
    const qos = qosOf(flags.qos)
    if (topic === '' || /[+#\0]/.test(topic))
      throw usage(`invalid topic ${JSON.stringify(topic)}`, 'Name one topic, without + and #.')
    if (args.message !== undefined && flags.file !== undefined)
      throw usage('cannot send two messages', 'Leave out the message or --file.')
    if (flags.file === '-' && flags['password-file'] === '-')
      throw usage('cannot read both the message and the password from standard input', 'Use a file for one.')
    const payload = await payloadOf(args.message, flags.file)
    const target = await interruptible(signal => clientTarget(flags, signal), 'nothing was sent')
    await interruptible(async signal => {
      const client = await connectClient(target, signal)
      try {
        const sent = client.publishAsync(topic, payload, { qos, retain: flags.retain })
        await awaitAnswer(sent, client, { what: 'acknowledge the message', signal, bytes: payload.length })
      } catch (error) {
        throw refusalOf(error) === notAuthorized ? denied('write', topic, target) : error
      } finally {
        await close(client)
      }
    }, 'the broker may have received the message')
    return { schemaVersion: 1, topic, bytes: payload.length, qos, retain: flags.retain }
  }
}

async function payloadOf(message: string | undefined, file: string | undefined): Promise<Buffer> {
  if (file === undefined) return Buffer.from(message ?? '')
  return readFileOrStdin(file, maxPayload)
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
