import type { CertificateSummary } from '../../broker/access/certificate-summary.ts'
import type { CertificateStatus } from '../../install/broker/change-certificates.ts'
import { plural } from '../../lib/format.ts'
import { paths } from '../../node/paths.ts'
import type { BrokerTlsOutput } from '../json/broker/broker-tls.ts'
import { formatField, paint, wrap } from '../text.ts'

const validity = ({ validTo, daysLeft }: CertificateSummary): string =>
  daysLeft < 0
    ? paint('red', `expired on ${validTo.slice(0, 10)}`)
    : `until ${validTo.slice(0, 10)} (${plural(daysLeft, 'day')})`

const caLines = (title: string, ca: CertificateSummary, file: string): string[] => [
  title,
  formatField('subject', ca.subject),
  formatField('valid', validity(ca)),
  formatField('key', ca.key),
  formatField('fingerprint', ca.fingerprint.slice(0, 59)),
  formatField('', ca.fingerprint.slice(60)),
  formatField('file', file),
]

/** What `edgekit broker tls status` shows. */
export const formatCertificates = ({ source, ca, server, nextCa, problem }: CertificateStatus): string =>
  [
    ...caLines(`CA${source === 'imported' ? ', imported' : ''}`, ca, paths.brokerCa),
    'Server certificate',
    formatField('valid', validity(server)),
    formatField('key', server.key),
    formatField('names', server.names.join(', ')),
    formatField('file', paths.brokerCertificate),
    ...(nextCa ? caLines('Next CA, not used yet', nextCa, paths.brokerNextCa) : []),
    ...(problem === undefined ? [] : ['', wrap(`${paint('yellow', 'Problem:')} ${problem}`)]),
  ].join('\n')

export const certificatesOutput = ({ nextCa, problem, ...status }: CertificateStatus): BrokerTlsOutput => ({
  schemaVersion: 1,
  ...status,
  nextCa: nextCa ?? null,
  problem: problem ?? null,
})
