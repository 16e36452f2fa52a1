import { Flags } from '@oclif/core'
import { keyKinds } from '../../../broker/access/certificates.ts'
import { EdgekitCommand } from '../../../cli/command.ts'
import { interruptible } from '../../../cli/interrupt.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { certificateStatus, prepareAuthority } from '../../../install/broker/change-certificates.ts'
import { localNode } from '../../../node/node.ts'
import { paths } from '../../../node/paths.ts'
import { certificatesOutput } from '../../../ui/broker/certificates.ts'
import type { BrokerTlsOutput } from '../../../ui/json/broker/broker-tls.ts'
import { stepRunner } from '../../../ui/steps.ts'
import { wrap } from '../../../ui/text.ts'

export default class BrokerTlsInit extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Create a new CA, for devices to trust before the broker uses it'
  static override description =
    'The first CA of a node is created by an install with --broker-profile devices. This command prepares the next one beside it, and changes nothing for devices: copy the new CA to them, then let the broker use it with edgekit broker tls renew --ca. It also leads from imported files back to a CA of edgekit.'
  static override examples = ['sudo edgekit broker tls init', 'sudo edgekit broker tls init --key rsa-2048']
  static override flags = {
    key: Flags.option({
      options: keyKinds,
      default: 'p-256' as const,
      description: 'kind of the keys; rsa-2048 for devices without elliptic curves',
    })(),
  }

  async run(): Promise<BrokerTlsOutput> {
    const { flags } = await this.parse(BrokerTlsInit)
    requireRoot('broker tls init')
    const node = localNode()
    await interruptible(signal =>
      prepareAuthority(flags.key, {
        node,
        command: 'edgekit broker tls init',
        runStep: stepRunner({ silent: this.jsonEnabled() }),
        signal,
        edgekitVersion: this.config.version,
      }),
    )
    this.say(
      wrap(
        `Created a new CA, which the broker does not use yet. Copy ${paths.brokerNextCa} to every device, beside the CA it has. Then let the broker use it:`,
      ),
    )
    this.say('  edgekit broker tls renew --ca')
    return certificatesOutput(await certificateStatus(node))
  }
}
