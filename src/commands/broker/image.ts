import { Args } from '@oclif/core'
import { image } from '../../actions/image.ts'
import { EdgekitCommand } from '../../cli/command.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { localNode } from '../../node/node.ts'
import type { BrokerImageOutput } from '../../ui/json/broker.ts'

export default class BrokerImage extends EdgekitCommand {
  static override summary = 'Bring the broker image back from its archive if containerd has lost it'
  static override description = 'mosquitto.service uses it before each start.'
  static override args = {
    reference: Args.string({ required: true, description: 'the image, in full' }),
    digest: Args.string({ required: true, description: 'the digest it must have' }),
    archive: Args.string({ required: true, description: 'the OCI archive that has it' }),
  }

  async run(): Promise<BrokerImageOutput> {
    const { args } = await this.parse(BrokerImage)
    const node = localNode()
    // `ctr` waits 10 s to say that.
    if (!(await node.containerd.answers()))
      throw new EdgekitError('containerd does not answer', { code: 'containerd-unreachable' })
    const { arch } = await node.machine()
    const spec = { ...args, platform: `linux/${arch}` }
    if ((await image.inspect(spec, node)) === 'done') return { schemaVersion: 1, imported: false }
    await image.apply(spec, node)
    this.say(`imported ${args.reference} from ${args.archive}`)
    return { schemaVersion: 1, imported: true }
  }
}
