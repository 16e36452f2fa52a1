import { X509Certificate } from 'node:crypto'
import { withCanaries } from '../../broker/access/canaries.ts'
import { isFor, issueClientCertificate } from '../../broker/access/certificates.ts'
import { readDeviceAuthority } from '../../broker/access/device-authority.ts'
import { readLocalLogin } from '../../broker/access/local-login.ts'
import { proveAccess } from '../../broker/access/prove-access.ts'
import { waitForLogin } from '../../broker/access/wait-for-login.ts'
import type { BrokerEndpoint } from '../../broker/connect.ts'
import type { BrokerSettings } from '../../broker/profile/broker-settings.ts'
import { listenerEndpoints } from '../../broker/profile/listeners.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { broker, paths } from '../../node/paths.ts'
import type { Action } from '../action.ts'
import { readBrokerUsers, reloadBroker, writeBrokerUsers } from './broker-users.ts'

export interface BrokerAccessSpec {
  settings: BrokerSettings
}

/**
 * Leaves nothing: fails unless the running broker accepts the users it must, and no others. During the test it has one more
 * user for each role. A killed edgekit leaves them behind; the next one drops them from every list of users that it writes.
 */
export const brokerAccess: Action<BrokerAccessSpec, null> = {
  kind: 'broker-access',
  describe: () => 'Log in at the broker in each role',
  inspect: async () => 'done',
  capture: async () => null,
  async apply({ settings }, node) {
    const { files } = node
    const found = await readBrokerUsers(files)
    const { canaries, ...tested } = withCanaries(found)
    try {
      await writeBrokerUsers(tested, files)
      await reloadBroker(node)
      await waitForLogin({ ...broker, login: canaries.backend }, 10_000)
      await proveAccess({ ...(await expectedAccess(settings, node)), canaries })
    } finally {
      await writeBrokerUsers(found, files)
      await reloadBroker(node)
    }
  },
  revert: async () => {},
}

/** As a device has it, for this test alone. */
async function ownCertificate(files: Files): Promise<{ cert: string; key: string }> {
  const authority = await readDeviceAuthority(files)
  if (!authority) throw new Error(`the CA of devices is not usable: ${paths.brokerDeviceCa}`)
  const { certificate, key } = await issueClientCertificate(
    authority,
    { name: 'edgekit', kind: 'p-256' },
    new Date(),
  )
  return { cert: certificate, key }
}

/** What the listeners of these settings must show and accept. Throws an Error when a file is missing. */
export async function expectedAccess(settings: BrokerSettings, { files }: Node) {
  const [edgecore, ca, certificate] = await Promise.all([
    readLocalLogin(files),
    files.read(paths.brokerCa),
    files.read(paths.brokerCertificate),
  ])
  if (!edgecore || ca === undefined || certificate === undefined)
    throw new Error('the broker has no certificate, or no user for EdgeCore')
  // Devices can use other names than edgekit here; a certificate of the user's is for those.
  const shown = new X509Certificate(certificate)
  const own = settings.profile === 'devices' && settings.clientCertificates ? await ownCertificate(files) : {}
  const endpoints = listenerEndpoints(settings, ca).map(
    (endpoint): BrokerEndpoint =>
      endpoint.tls
        ? {
            ...endpoint,
            tls: { ...endpoint.tls, ...own, ...(!isFor(shown, endpoint.host) && { anyName: true }) },
          }
        : endpoint,
  )
  return { endpoints, edgecore, certificate }
}
