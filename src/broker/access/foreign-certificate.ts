import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isFor, type KeyPair } from './certificates.ts'

/** Whether a CA issued a certificate; false also when one of them is not PEM. */
export function isIssuedBy(certificate: string, authority: string): boolean {
  return orFalse(() => {
    const [found, issuer] = [new X509Certificate(certificate), new X509Certificate(authority)]
    return found.checkIssued(issuer) && found.verify(issuer.publicKey)
  })
}

/** Whether a key belongs to a certificate; false also when one of them is not PEM. */
export const isPair = ({ certificate, key }: KeyPair): boolean =>
  orFalse(() => new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))

function orFalse(test: () => boolean): boolean {
  try {
    return test()
  } catch {
    return false
  }
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates of a PEM file. Throws when there is none. */
function certificatesIn(text: string): X509Certificate[] {
  const found = (text.match(pemCertificate) ?? []).map(pem => new X509Certificate(pem))
  if (found.length === 0) throw new Error('it has no certificate in PEM')
  return found
}

/**
 * Why a server certificate that edgekit did not issue does not serve: its key, its chain to `authority` (which can be several
 * CAs), its dates, or the names. Undefined when it does.
 */
export function foreignCertificateProblem(
  { certificate, key }: KeyPair,
  { authority, names, now }: { authority: string; names: readonly string[]; now: Date },
): string | undefined {
  try {
    const [leaf, ...others] = certificatesIn(certificate)
    const roots = certificatesIn(authority)
    if (!leaf?.checkPrivateKey(createPrivateKey(key))) return 'its key belongs to another certificate'
    const chain = chainFrom(leaf, others, roots)
    if (!chain) return 'no CA in ca.crt issued it, with the other certificates in server.crt'
    for (const { validFromDate, validToDate, subject } of chain) {
      const what = subject === leaf.subject ? 'it' : `its CA ${subject}`
      if (validFromDate > now) return `${what} is not valid before ${validFromDate.toISOString()}`
      if (validToDate < now) return `${what} has expired on ${validToDate.toISOString().slice(0, 10)}`
    }
    const missing = names.filter(name => !isFor(leaf, name))
    return missing.length === 0 ? undefined : `it is not for ${missing.join(', ')}`
  } catch {
    return 'a certificate or its key is not in PEM'
  }
}

/** From a certificate to the one of a root; undefined when there is no way. */
function chainFrom(
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): X509Certificate[] | undefined {
  const issued = (issuer: X509Certificate): boolean =>
    leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey)
  const root = roots.find(root => root.fingerprint256 === leaf.fingerprint256 || issued(root))
  if (root) return [leaf, root]
  const next = others.find(issued)
  const rest =
    next &&
    chainFrom(
      next,
      others.filter(other => other !== next),
      roots,
    )
  return rest && [leaf, ...rest]
}
