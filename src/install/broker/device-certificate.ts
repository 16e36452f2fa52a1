import { issueClientCertificate, type KeyKind, type KeyPair } from '../../broker/access/certificates.ts'
import { readDeviceAuthority } from '../../broker/access/device-authority.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import { accessOf, requireKnownUsers } from './change-access.ts'
import { requireDeviceProfile } from './device-profile.ts'

/**
 * A certificate for the device of a user, which nothing of this node keeps. Throws EdgekitError when the broker has no such user, or no CA
 * for devices. Read-only.
 */
export async function deviceCertificate(user: string, kind: KeyKind, node: Node): Promise<KeyPair> {
  await requireDeviceProfile(node)
  const authority = await readDeviceAuthority(node.files)
  if (!authority)
    throw new EdgekitError('cannot issue a certificate: this node has no CA for devices', {
      code: 'broker-access-unusable',
      remedy: 'Create it:\n  edgekit broker configure',
    })
  requireKnownUsers([user], await accessOf(node))
  return issueClientCertificate(authority, { name: user, kind }, new Date())
}
