import { paths } from '../../src/node/paths.ts'
import { writeCertificates } from '../machine/certificates.ts'
import type { LabNode } from '../machine/node.ts'

/** Replace the certificates of a joined node with ones valid for `days` (negative: expired). */
export async function renewCertificates(node: LabNode, days: number): Promise<void> {
  const name = await node.sh(`sed -n 's/ *hostnameOverride: //p' ${paths.edgecoreConfig}`)
  await writeCertificates(node.root, name, days)
}
