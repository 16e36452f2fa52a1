import { join } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { keyKinds } from '../../../broker/access/certificates.ts'
import { EdgekitCommand } from '../../../cli/command.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { saveFile } from '../../../doctor/support/save.ts'
import { deviceCertificate } from '../../../install/broker/device-certificate.ts'
import { localNode } from '../../../node/node.ts'
import type { BrokerTlsDeviceOutput } from '../../../ui/json/broker/broker-tls.ts'

export default class BrokerTlsDevice extends EdgekitCommand {
  static override summary = 'Issue a certificate for a device'
  static override description =
    'For a broker that requires certificates of devices (broker configure --set clientCertificates=true): a device needs one besides its password. The certificate and its key are written to NAME.crt and NAME.key; the node keeps neither. Remove the user to shut the device out.'
  static override examples = ['sudo edgekit broker tls device sensor-1 --directory /media/usb']
  static override args = {
    name: Args.string({ required: true, description: 'user of the device' }),
  }
  static override flags = {
    key: Flags.option({
      options: keyKinds,
      default: 'p-256' as const,
      description: 'kind of the key; rsa-2048 for devices without elliptic curves',
    })(),
    directory: Flags.string({ helpValue: 'DIR', default: '.', description: 'where to write the two files' }),
  }

  async run(): Promise<BrokerTlsDeviceOutput> {
    const { args, flags } = await this.parse(BrokerTlsDevice)
    requireRoot('broker tls device')
    const node = localNode()
    const { certificate, key } = await deviceCertificate(args.name, flags.key, node)
    const path = join(flags.directory, args.name)
    const written = { certificate: `${path}.crt`, key: `${path}.key` }
    await saveFile(node.files, written.key, Buffer.from(key), 0o600)
    await saveFile(node.files, written.certificate, Buffer.from(certificate), 0o644)
    this.say(
      `Wrote ${written.certificate} and ${written.key}. Move both to the device: this node keeps neither.`,
    )
    return { schemaVersion: 1, ...written }
  }
}
