import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../../../cli/command.ts'
import { askToContinue } from '../../../cli/confirm.ts'
import { interruptible } from '../../../cli/interrupt.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { certificateStatus, renewCertificate } from '../../../install/broker/change-certificates.ts'
import { EdgekitError } from '../../../lib/errors.ts'
import { localNode } from '../../../node/node.ts'
import { paths } from '../../../node/paths.ts'
import { certificatesOutput } from '../../../ui/broker/certificates.ts'
import type { BrokerTlsOutput } from '../../../ui/json/broker/broker-tls.ts'
import { print } from '../../../ui/print.ts'
import { stepRunner } from '../../../ui/steps.ts'
import { wrap } from '../../../ui/text.ts'

export default class BrokerTlsRenew extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Issue a new server certificate for the broker'
  static override description =
    'The new certificate has all names and addresses of the node, and a new key. It first runs in a second broker on other ports; then the broker is reloaded, which ends no connection, or restarted if it has WebSocket listeners or the kind of the keys changes. Each listener must show the new certificate, or the old one is restored. With --ca the certificate is of the CA that edgekit broker tls init has created: devices that do not have that CA can no longer connect.'
  static override examples = ['sudo edgekit broker tls renew', 'sudo edgekit broker tls renew --ca']
  static override flags = {
    ca: Flags.boolean({ description: 'switch to the CA that edgekit broker tls init has created' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask whether devices have the new CA' }),
  }

  async run(): Promise<BrokerTlsOutput> {
    const { flags } = await this.parse(BrokerTlsRenew)
    requireRoot('broker tls renew')
    const node = localNode()
    await interruptible(async signal => {
      if (flags.ca && !flags.yes) await confirmNewCa(signal)
      await renewCertificate(
        { ca: flags.ca },
        {
          node,
          command: 'edgekit broker tls renew',
          runStep: stepRunner({ silent: this.jsonEnabled() }),
          signal,
          edgekitVersion: this.config.version,
        },
      )
    })
    const status = await certificateStatus(node)
    this.say(`The broker shows a new certificate, valid until ${status.server.validTo.slice(0, 10)}.`)
    if (flags.ca) this.say(`Devices need the new CA: ${paths.brokerCa}`)
    return certificatesOutput(status)
  }
}

async function confirmNewCa(signal: AbortSignal): Promise<void> {
  const warning =
    'Devices that do not have the new CA can no longer connect after this, and edgekit cannot find out which have it.'
  print(`${wrap(warning)}\n`, process.stderr)
  if (await askToContinue(signal)) return
  throw new EdgekitError('nothing was changed: the new CA was not confirmed', { code: 'declined' })
}
