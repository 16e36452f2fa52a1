import { renewCertificates } from '../../../lab/tweaks/renew-certificates.ts'
import type { Fault } from './fault.ts'

export const certificateEndsSoon: Fault = {
  what: 'the certificate of the node ends soon, and EdgeCore has not renewed it',
  occasion: 'doctor',
  fails: 'certificate-expiry',
  status: 'warn',
  says: /it ends in 9 days/,
  release: 'trixie',
  breakIt: node => renewCertificates(node, 10),
  mend: node => renewCertificates(node, 365),
}
