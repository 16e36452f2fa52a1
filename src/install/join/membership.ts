import type { EdgecoreConfig } from '../../edgecore/config/config.ts'
import { type TokenShape, tokenShape } from '../../edgecore/token-shape.ts'
import { minorOf } from '../../edgecore/version.ts'
import { inspectCertificate } from '../../facts/certificates.ts'
import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import { hashOfCertificate } from './ask-cloud.ts'

/** With what a node proves to a cloud who it is, as EdgeCore will find it. Plain data without secrets. */
export interface Membership {
  /** SHA-256 of the CA certificate of the cloud (DER); undefined when there is none that can be read. */
  caHash: string | undefined
  /** Why EdgeCore will request a certificate, as a clause; undefined when it has one that it can use. */
  mustJoin: string | undefined
  /** The certificate is in use, valid now and issued by that CA. */
  valid: boolean
  /** The node name that the certificate of that CA is for, in use or not; undefined when it does not show. */
  issuedFor: string | undefined
  /** The token that EdgeCore uses to request a certificate, and the file it is in. */
  token: TokenShape & { file: string }
  /** Existing files of all of these, which EdgeCore replaces when it joins. */
  files: string[]
}

/** Where the CA, the certificate, its key and the token of `keadm join` are, whether they exist or not. */
export const filesOf = ({
  tlsCaFile,
  tlsCertFile,
  tlsPrivateKeyFile,
}: EdgecoreConfig['edgeHub']): string[] => [
  tlsCaFile.value,
  tlsCertFile.value,
  tlsPrivateKeyFile.value,
  paths.bootstrapToken,
]

/**
 * Reads what EdgeCore of this version will find with this configuration (edge/pkg/edgehub/certificate, v1.12 to v1.23):
 * it requests a certificate when it cannot load certificate and key, and since v1.21 also when the certificate is for
 * another node name. Since v1.13 the token of `keadm join` has precedence over the one in the configuration `file`.
 */
export async function readMembership(
  { edgeHub }: EdgecoreConfig,
  { file, version, nodeName }: { file: string; version: string; nodeName: string },
  files: Files,
): Promise<Membership> {
  const held = filesOf(edgeHub)
  const [authority, bootstrap, certificate, found] = await Promise.all([
    files.read(edgeHub.tlsCaFile.value),
    minorOf(version) >= 13 ? files.read(paths.bootstrapToken) : undefined,
    inspectCertificate(edgeHub, files),
    Promise.all(held.map(path => files.status(path))),
  ])
  const mustJoin = whyJoin(certificate, minorOf(version) >= 21 ? nodeName : undefined)
  return {
    caHash: authority === undefined ? undefined : hashOfCertificate(authority),
    mustJoin,
    valid:
      mustJoin === undefined &&
      certificate !== undefined &&
      'subject' in certificate &&
      certificate.issuedByAuthority === true &&
      certificate.validTo > Date.now(),
    issuedFor:
      certificate !== undefined && 'subject' in certificate && certificate.issuedByAuthority === true
        ? nodeNameIn(certificate.subject)
        : undefined,
    token:
      bootstrap === undefined
        ? { ...edgeHub.token, file }
        : { ...tokenShape(bootstrap), file: paths.bootstrapToken },
    files: held.filter((_, index) => found[index]),
  }
}

/** `nodeName`: the name that the certificate must be for, if EdgeCore compares it. */
function whyJoin(
  certificate: Awaited<ReturnType<typeof inspectCertificate>>,
  nodeName: string | undefined,
): string | undefined {
  if (!certificate) return 'it has no certificate'
  if ('problem' in certificate) return certificate.problem
  const { certificateFile, keyMatches, subject } = certificate
  if (keyMatches === undefined) return `the key of ${certificateFile} is missing`
  if (!keyMatches) return `${certificateFile} and its key do not match`
  const issuedFor = nodeNameIn(subject)
  if (nodeName !== undefined && issuedFor !== undefined && issuedFor !== nodeName)
    return `its certificate is for node ${issuedFor}, not ${nodeName}`
  return undefined
}

const nodeNameIn = (subject: string): string | undefined => /\bCN=system:node:([^,]*)/.exec(subject)?.[1]
