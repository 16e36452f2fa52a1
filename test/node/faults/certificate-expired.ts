import { renewCertificates } from '../../../lab/tweaks/renew-certificates.ts'
import type { Fault } from './fault.ts'

export const certificateExpired: Fault = {
  what: 'the certificate of the node has expired',
  occasion: 'doctor',
  fails: 'node-certificate',
  says: /server\.crt expired at \d{4}-/,
  release: 'bookworm',
  breakIt: node => renewCertificates(node, -1),
  mend: node => renewCertificates(node, 365),
}
