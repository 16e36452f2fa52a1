import { Args, Flags } from '@oclif/core'
import { isTopicFilter } from '../broker/access/acl.ts'
import { awaitAnswer, connectionLost } from '../broker/await-answer.ts'
import { close } from '../broker/connect.ts'
import { connectClient, denied } from '../broker/connect-client.ts'
import { clientFlags, clientTarget } from '../cli/broker/client-target.ts'
import { EdgekitCommand } from '../cli/command.ts'
import { qosFlag, qosOf } from '../cli/flags/qos.ts'
import { interruptible } from '../cli/interrupt.ts'
import { parseCount } from '../cli/quantities/count.ts'
import { parseDuration } from '../cli/quantities/duration.ts'
import { deadline } from '../lib/deadline.ts'
import { EdgekitError } from '../lib/errors.ts'
import type { SubOutput } from '../ui/json/broker/messages.ts'

/** The longest time of a timer of Node.js: 24 days. */
const longestMs = 2 ** 31 - 1

export default class Sub extends EdgekitCommand {
  static override summary = 'Show messages as they arrive'
  static override description =
    'Subscribes on the broker of this node as EdgeCore does, as another user, or on any broker, and prints each message on a line. Control characters in it are shown as \\u001b. It ends after --count messages, after --time, or at Ctrl-C.'
  static override examples = [
    "sudo edgekit sub -v 'device/#'",
    'sudo edgekit sub device/sensor-1/status --count 1 --time 10s',
    "edgekit sub 'device/#' --url mqtts://broker.lan --username app",
  ]
  static override args = {
    filter: Args.string({
      required: true,
      multiple: true,
      description: 'topic filter; several can be given',
    }),
  }
  static override flags = {
    ...clientFlags,
    ...qosFlag,
    verbose: Flags.boolean({ char: 'v', description: 'print the topic before each message' }),
    count: Flags.string({ char: 'C', helpValue: '10', description: 'end after so many messages' }),
    time: Flags.string({ char: 'W', helpValue: '10s', description: 'end after this time' }),
  }

  async run(): Promise<SubOutput> {
    const { args, flags } = await this.parse(Sub)
    const filters = [args.filter].flat()
    const wrong = filters.find(filter => !isTopicFilter(filter))
    if (wrong !== undefined)
      throw usage(
        `invalid topic filter ${JSON.stringify(wrong)}`,
        'Use + and # only as whole levels, # last.',
      )
    const timeMs = flags.time === undefined ? undefined : parseDuration(flags.time, '--time')
    const most =
      flags.count === undefined ? undefined : parseCount(flags.count, '--count', { most: 999_999_999 })
    if (this.jsonEnabled() && most === undefined && timeMs === undefined)
      throw usage('--json requires an end', 'Add --count or --time.')
    const messages: SubOutput['messages'] = []
    let count = 0
    await interruptible(async signal => {
      const target = await clientTarget(flags, signal)
      const client = await connectClient(target, signal)
      using end = deadline(timeMs ?? longestMs)
      try {
        const { promise, resolve, reject } = Promise.withResolvers<void>()
        // It can fail before anything waits for it.
        promise.catch(() => undefined)
        // Without --count, Ctrl-C is how it ends.
        const stop = () => (most === undefined ? resolve() : reject(signal.reason))
        signal.addEventListener('abort', stop, { once: true })
        client.once('close', () => reject(connectionLost()))
        client.on('message', (topic, bytes, { qos, retain }) => {
          if (count === most) return
          count += 1
          const payload = bytes.toString()
          if (this.jsonEnabled()) messages.push({ topic, payload, qos, retain })
          this.say(flags.verbose ? `${topic} ${payload}` : payload)
          if (count === most) resolve()
        })
        const asked = client.subscribeAsync(filters, { qos: qosOf(flags.qos) })
        const granted = await awaitAnswer(asked, client, { what: 'answer the subscription', signal })
        const refused = granted.find(({ qos }) => qos >= 128)
        if (refused) throw denied('read', refused.topic, target)
        await Promise.race([promise, end.passed])
      } finally {
        await close(client)
      }
    }, 'nothing is left on the broker')
    return { schemaVersion: 1, messages }
  }
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
