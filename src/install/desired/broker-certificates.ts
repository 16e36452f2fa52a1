import {
  certificateProblem,
  createAuthority,
  issueServerCertificate,
  type KeyPair,
} from '../../broker/access/certificates.ts'
import { readDeviceAuthority } from '../../broker/access/device-authority.ts'
import { foreignCertificateProblem, isIssuedBy, isPair } from '../../broker/access/foreign-certificate.ts'
import { type DeviceSettings, isWildcard } from '../../broker/profile/broker-settings.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'

/**
 * The certificates and keys of the broker, by path. edgekit's own CA issues the server certificate. One of the user's, or of
 * another CA, is kept. Throws EdgekitError when the user's do not serve. Read-only.
 */
export async function brokerCertificates(
  settings: DeviceSettings,
  node: Node,
): Promise<Record<string, string>> {
  const found = await readCertificates(node.files)
  const { ca, own, server } = found
  if (isForeign(found) || (ca !== undefined && !own)) return foreignCertificates(found, settings.names)

  const { hostName } = await node.machine()
  const now = new Date()
  const authority = own ?? (await createAuthority(hostName, now))
  const names = serverNames(settings, hostName, node.network.addresses())
  const isGood =
    server && certificateProblem(server, { authority: authority.certificate, names, now }) === undefined
  const issued = isGood ? server : await issueServerCertificate(authority, names, now)
  return {
    [paths.brokerCaKey]: authority.key,
    [paths.brokerCa]: authority.certificate,
    [paths.brokerKey]: issued.key,
    [paths.brokerCertificate]: issued.certificate,
  }
}

/** The certificates and keys on a node: undefined what is missing or empty. */
export interface FoundCertificates {
  /** The certificate of the CA that devices trust. */
  ca: string | undefined
  certificate: string | undefined
  key: string | undefined
  /** edgekit's own CA; undefined when it has no key here, or another one. */
  own: KeyPair | undefined
  /** The server certificate with its key; undefined when they do not belong together. */
  server: KeyPair | undefined
}

export async function readCertificates(files: Files): Promise<FoundCertificates> {
  const read = async (path: string) => (await files.read(path)) || undefined
  const [ca, caKey] = [await read(paths.brokerCa), await read(paths.brokerCaKey)]
  const [certificate, key] = [await read(paths.brokerCertificate), await read(paths.brokerKey)]
  return { ca, certificate, key, own: pairOf(ca, caKey), server: pairOf(certificate, key) }
}

function pairOf(certificate: string | undefined, key: string | undefined): KeyPair | undefined {
  if (certificate === undefined || key === undefined) return undefined
  return isPair({ certificate, key }) ? { certificate, key } : undefined
}

/** Another CA than that of edgekit has issued the server certificate. */
export const isForeign = ({ own, certificate }: FoundCertificates): boolean =>
  certificate !== undefined && !(own && isIssuedBy(certificate, own.certificate))

/** As they are. Devices can use other names than those of the node, so only the names in the settings count. */
function foreignCertificates(
  { certificate, key, ca }: FoundCertificates,
  names: readonly string[],
): Record<string, string> {
  if (certificate === undefined)
    throw unusable('there is no server.crt, and the CA of ca.crt has no key here to issue one')
  if (key === undefined) throw unusable('there is no server.key')
  if (ca === undefined) throw unusable('there is no ca.crt with the CA that issued server.crt')
  const problem = foreignCertificateProblem({ certificate, key }, { authority: ca, names, now: new Date() })
  if (problem !== undefined) throw unusable(`server.crt: ${problem}`)
  return { [paths.brokerCa]: ca, [paths.brokerKey]: key, [paths.brokerCertificate]: certificate }
}

const unusable = (reason: string): EdgekitError =>
  new EdgekitError(`cannot use the certificates in ${paths.brokerTls}: ${reason}`, {
    code: 'broker-access-unusable',
    remedy: `Put yours there (ca.crt, server.crt, and server.key), or let edgekit make some:\n  mv ${paths.brokerTls} ${paths.brokerTls}.old`,
  })

/** The CA of the certificates of devices, by path; a new one when it is not there with its key. */
export async function deviceAuthority(node: Node): Promise<Record<string, string>> {
  const found = await readDeviceAuthority(node.files)
  const { certificate, key } =
    found ?? (await createAuthority((await node.machine()).hostName, new Date(), 'p-256', 'device'))
  return { [paths.brokerDeviceCaKey]: key, [paths.brokerDeviceCa]: certificate }
}

/** The names with which clients reach the broker. */
export function serverNames(
  { addresses, names }: DeviceSettings,
  hostName: string,
  ofNode: readonly string[],
): string[] {
  const reached = addresses.some(isWildcard) ? ofNode : addresses
  return [...new Set([...names, ...reached, hostName.toLowerCase(), 'localhost', '127.0.0.1'])]
}
