import type { CertificateFacts } from '../../facts/certificates.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const nodeCertificate: Check = {
  id: 'node-certificate',
  title: 'Node certificate is valid',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-file', 'clock'],
  run(facts) {
    const { node } = requireFact(facts.certificates)
    if (!node) return { status: 'skip', observed: 'the node has not joined yet' }
    const mistake = 'problem' in node ? node.problem : mistakeIn(node, requireFact(facts.clock).now)
    if (!mistake) return { status: 'pass', observed: 'problem' in node ? '' : node.subject }
    return {
      status: 'fail',
      observed: mistake,
      expected: "a certificate that is valid now, issued by the cloud's CA, with its matching key",
      evidence: 'problem' in node ? [] : [`subject ${node.subject}`, `issuer ${node.issuer}`, validity(node)],
      remedy: {
        text: 'Join again with a new token while the cloud is reachable. The old certificates are moved aside.',
        commands: ['keadm gettoken', './edgekit install --rejoin --token-file FILE'],
      },
    }
  },
}

const timestamp = (time: number): string => new Date(time).toISOString()
const validity = ({ validFrom, validTo }: CertificateFacts): string =>
  `from ${timestamp(validFrom)} to ${timestamp(validTo)}`

function mistakeIn(certificate: CertificateFacts, now: number): string | undefined {
  const { certificateFile, validTo, keyMatches, issuedByAuthority } = certificate
  if (validTo < now) return `${certificateFile} expired at ${timestamp(validTo)}`
  if (keyMatches === undefined) return `the key of ${certificateFile} is missing`
  if (!keyMatches) return `${certificateFile} and its key do not match`
  if (issuedByAuthority === undefined) return 'the CA certificate of the cloud (rootCA.crt) is missing'
  if (!issuedByAuthority)
    return `${certificateFile} was not issued by rootCA.crt: it belongs to another cloud`
  return undefined
}
