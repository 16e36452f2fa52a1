import { Flags } from '@oclif/core'
import { waitForBroker } from '../../broker/probe.ts'
import { EdgekitCommand } from '../../cli/command.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { localNode } from '../../node/node.ts'
import { broker } from '../../node/paths.ts'
import type { BrokerWaitOutput } from '../../ui/json/broker.ts'

export default class BrokerWait extends EdgekitCommand {
  static override summary = 'Wait until the broker of this node answers MQTT'
  static override description =
    'mosquitto.service uses it: the unit counts as started when the broker does its work.'
  static override flags = {
    timeout: Flags.integer({ description: 'give up after so many seconds', default: 60, min: 1 }),
    process: Flags.integer({ description: 'give up as soon as the process with this id has ended' }),
  }

  async run(): Promise<BrokerWaitOutput> {
    const { flags } = await this.parse(BrokerWait)
    const { files } = localNode()
    const lives = async () =>
      flags.process === undefined || (await files.status(`/proc/${flags.process}`)) !== undefined
    await waitForBroker(broker, flags.timeout * 1000, lives).catch(error => {
      // One short line: it stands in the journal of the broker's unit.
      const reason = error.code ?? messageOf(error)
      throw new EdgekitError(`no MQTT answer on ${broker.host}:${broker.port} (${reason})`, {
        code: 'broker-unreachable',
        cause: error,
      })
    })
    return { schemaVersion: 1, ready: true }
  }
}
