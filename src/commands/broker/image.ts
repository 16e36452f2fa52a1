import { Args } from '@oclif/core'
import { pinnedLabel } from '../../node/containerd.ts'
import { localNode } from '../../node/node.ts'
import { EdgekitCommand } from '../../ui/command.ts'

export default class BrokerImage extends EdgekitCommand {
  static override summary = 'Bring the broker image back from its archive if containerd has lost it'
  static override description = 'mosquitto.service uses it before each start.'
  static override args = {
    reference: Args.string({ required: true, description: 'the image, in full' }),
    archive: Args.string({ required: true, description: 'the OCI archive that has it' }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(BrokerImage)
    const node = localNode()
    const images = await node.containerd.images()
    const found = images.find(({ reference }) => reference === args.reference)
    if (found?.complete && found.unpacked) return
    const { arch } = await node.machine()
    await node.containerd.importImage(args.archive, `linux/${arch}`)
    await node.containerd.labelImage(args.reference, pinnedLabel, 'pinned')
    this.say(`imported ${args.reference} again from ${args.archive}`)
  }
}
