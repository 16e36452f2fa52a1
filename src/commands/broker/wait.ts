import { Flags } from '@oclif/core'
import { waitForBroker } from '../../broker/probe.ts'
import { EdgekitCommand } from '../../cli/command.ts'
import { parseCount } from '../../cli/quantities/count.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { localNode } from '../../node/node.ts'
import { broker } from '../../node/paths.ts'
import type { BrokerWaitOutput } from '../../ui/json/broker/broker.ts'

export default class BrokerWait extends EdgekitCommand {
  static override summary = 'Wait until the broker of this node answers MQTT'
  static override description =
    'wait-broker runs this on a node without bash, so that the unit is active only when the broker works.'
  static override flags = {
    timeout: Flags.string({ helpValue: '60', description: 'seconds before giving up', default: '60' }),
    process: Flags.string({ helpValue: 'PID', description: 'give up as soon as this process ends' }),
  }

  async run(): Promise<BrokerWaitOutput> {
    const { flags } = await this.parse(BrokerWait)
    const timeoutMs = parseCount(flags.timeout, '--timeout', { most: 86_400 }) * 1000
    const pid =
      flags.process === undefined ? undefined : parseCount(flags.process, '--process', { most: 4_194_304 })
    const { files } = localNode()
    const isRunning = async () => pid === undefined || (await files.status(`/proc/${pid}`)) !== undefined
    await waitForBroker(broker, timeoutMs, isRunning).catch(error => {
      // One short line: it goes to the journal of mosquitto.service.
      throw new EdgekitError(
        `cannot reach the broker on ${broker.host}:${broker.port}: ${messageOf(error)}`,
        {
          code: 'broker-unreachable',
          cause: error,
        },
      )
    })
    return { schemaVersion: 1, ready: true }
  }
}
