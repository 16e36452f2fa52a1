import type { CertificateFacts } from '../../facts/certificates.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const nodeCertificate: Check = {
  id: 'node-certificate',
  title: "The node's certificate is one that the cloud takes",
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-file', 'clock'],
  run(facts) {
    const { node } = requireFact(facts.certificates)
    if (!node) return { status: 'skip', observed: 'the node has not joined, and has none' }
    const mistake = 'problem' in node ? node.problem : mistakeIn(node, requireFact(facts.clock).now)
    if (!mistake) return { status: 'pass', observed: 'problem' in node ? '' : node.subject }
    return {
      status: 'fail',
      observed: mistake,
      expected: 'valid now, from the authority of the cloud, and with the key that belongs to it',
      evidence: 'problem' in node ? [] : [`subject ${node.subject}`, `issuer ${node.issuer}`, validity(node)],
      remedy: {
        text: 'Join again: take the certificate away, put a new token into modules.edgeHub.token, and restart EdgeCore while the cloud is in reach.',
        commands: [
          'keadm gettoken',
          'mv /etc/kubeedge/certs /etc/kubeedge/certs.old',
          'systemctl restart edgecore',
        ],
      },
    }
  },
}

const day = (time: number): string => new Date(time).toISOString()
const validity = ({ validFrom, validTo }: CertificateFacts): string =>
  `from ${day(validFrom)} to ${day(validTo)}`

function mistakeIn(certificate: CertificateFacts, now: number): string | undefined {
  const { certificateFile, validFrom, validTo, keyMatches, issuedByAuthority } = certificate
  if (validTo < now) return `${certificateFile} expired at ${day(validTo)}`
  if (validFrom > now) return `${certificateFile} is valid only from ${day(validFrom)}`
  if (keyMatches === undefined) return `the key of ${certificateFile} is not there`
  if (!keyMatches) return `${certificateFile} and its key do not belong together`
  if (issuedByAuthority === undefined) return `the CA of the cloud (rootCA.crt) is not there`
  if (!issuedByAuthority)
    return `${certificateFile} is from another authority than rootCA.crt: from another cloud`
  return undefined
}
