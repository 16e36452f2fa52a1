import { Args } from '@oclif/core'
import { byDigest, image, importPinned } from '../../actions/image.ts'
import { EdgekitCommand } from '../../cli/command.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { localNode } from '../../node/node.ts'
import type { BrokerImageOutput } from '../../ui/json/broker/broker.ts'

export default class BrokerImage extends EdgekitCommand {
  static override summary = 'Import the broker image again if containerd has lost it'
  static override description =
    'prepare-broker runs this before a start of the broker if containerd lacks the image or the last start failed.'
  static override args = {
    reference: Args.string({ required: true, description: 'full image reference' }),
    digest: Args.string({ required: true, description: 'expected digest' }),
    archive: Args.string({ required: true, description: 'OCI archive that contains the image' }),
  }

  async run(): Promise<BrokerImageOutput> {
    const { args } = await this.parse(BrokerImage)
    const node = localNode()
    // `ctr` would block for 10 s.
    if (!(await node.containerd.answers()))
      throw new EdgekitError('cannot check the broker image: containerd does not answer', {
        code: 'containerd-unreachable',
      })
    const archive = await node.files.status(args.archive)
    if (archive?.kind !== 'file')
      throw new EdgekitError(`cannot import the broker image: there is no file ${args.archive}`, {
        code: 'file-unreadable',
        remedy: 'Install the bundle of this node again:\n  edgekit install BUNDLE',
      })
    const { arch } = await node.machine()
    const spec = { ...args, platform: `linux/${arch}` }
    if ((await image.inspect(spec, node)) === 'done') return { schemaVersion: 1, imported: false }
    // This runs while the broker starts.
    await importPinned([spec.reference, byDigest(spec.reference, spec.digest)], spec, node, {
      mayStopBroker: false,
    })
    this.say(`imported ${args.reference} from ${args.archive}`)
    return { schemaVersion: 1, imported: true }
  }
}
