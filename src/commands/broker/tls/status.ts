import { EdgekitCommand } from '../../../cli/command.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { certificateStatus } from '../../../install/broker/change-certificates.ts'
import { localNode } from '../../../node/node.ts'
import { certificatesOutput, formatCertificates } from '../../../ui/broker/certificates.ts'
import type { BrokerTlsOutput } from '../../../ui/json/broker/broker-tls.ts'

export default class BrokerTlsStatus extends EdgekitCommand {
  static override summary = 'Show the certificates of the broker'
  static override description =
    'Shows the CA that devices trust, the server certificate with its names, and how long both are valid. Read-only.'
  static override examples = ['sudo edgekit broker tls status', 'sudo edgekit broker tls status --json']

  async run(): Promise<BrokerTlsOutput> {
    await this.parse(BrokerTlsStatus)
    requireRoot('broker tls status')
    const status = await certificateStatus(localNode())
    this.say(formatCertificates(status))
    return certificatesOutput(status)
  }
}
