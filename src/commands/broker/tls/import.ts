import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../../../cli/command.ts'
import { interruptible } from '../../../cli/interrupt.ts'
import { readNamedFile } from '../../../cli/read-named-file.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { certificateStatus, importCertificate } from '../../../install/broker/change-certificates.ts'
import { localNode } from '../../../node/node.ts'
import { certificatesOutput, formatCertificates } from '../../../ui/broker/certificates.ts'
import type { BrokerTlsOutput } from '../../../ui/json/broker/broker-tls.ts'
import { stepRunner } from '../../../ui/steps.ts'

export default class BrokerTlsImport extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Use a server certificate of your own CA'
  static override description =
    'The files are checked before anything changes: the chain up to the CA, that the key belongs to the certificate, the dates, and that the certificate is for every --broker-name of the node. Then they run in a second broker on other ports, and the broker uses them. edgekit does not renew them: import new files before they expire.'
  static override examples = ['sudo edgekit broker tls import --certificate b.crt --key b.key --ca ca.crt']
  static override flags = {
    certificate: Flags.string({
      helpValue: 'FILE',
      required: true,
      description: 'server certificate in PEM, followed by its intermediate certificates',
    }),
    key: Flags.string({ helpValue: 'FILE', required: true, description: 'its private key in PEM' }),
    ca: Flags.string({
      helpValue: 'FILE',
      required: true,
      description: 'certificate of the CA that devices trust',
    }),
  }

  async run(): Promise<BrokerTlsOutput> {
    const { flags } = await this.parse(BrokerTlsImport)
    const read = async (path: string) => (await readNamedFile(path, maxBytes)).toString()
    const [certificate, key, ca] = [
      await read(flags.certificate),
      await read(flags.key),
      await read(flags.ca),
    ]
    requireRoot('broker tls import')
    const node = localNode()
    await interruptible(signal =>
      importCertificate(
        { certificate, key, ca },
        {
          node,
          command: 'edgekit broker tls import',
          runStep: stepRunner({ silent: this.jsonEnabled() }),
          signal,
          edgekitVersion: this.config.version,
        },
      ),
    )
    const status = await certificateStatus(node)
    this.say(formatCertificates(status))
    return certificatesOutput(status)
  }
}

/** Certificates and keys are far smaller. */
const maxBytes = 1024 * 1024
