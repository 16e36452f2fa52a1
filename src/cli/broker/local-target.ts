import { X509Certificate } from 'node:crypto'
import { isFor } from '../../broker/access/certificates.ts'
import { readMosquittoConf } from '../../broker/mosquitto-conf.ts'
import { isWildcard } from '../../broker/profile/broker-settings.ts'
import type { Target } from '../../broker-test/target.ts'
import { readBrokerConfigText } from '../../facts/broker-config.ts'
import { localBroker } from '../../facts/broker-probe.ts'
import { readNodeConfig } from '../../facts/edgecore-config.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { localNode, type Node } from '../../node/node.ts'
import { broker, paths, units } from '../../node/paths.ts'

interface LocalTarget {
  target: Target
  /** The node name, when EdgeCore is running and answers devices through this broker. */
  nodeName: string | undefined
}

/** The broker of this node as EdgeCore reaches it. Throws EdgekitError (broker-unreachable) when another program has its port. */
export async function localTarget(): Promise<LocalTarget> {
  const node = localNode()
  const { endpoint, nodeName } = await localBroker(node).catch((error: unknown) => {
    if (error instanceof EdgekitError && error.code === 'broker-unreachable') throw error
    return { endpoint: broker, nodeName: undefined }
  })
  return { target: endpoint, nodeName: (await answersDevices(node)) ? nodeName : undefined }
}

async function answersDevices(node: Node): Promise<boolean> {
  try {
    const { active } = await node.systemd.unit(units.edgecore)
    const { eventBus, deviceTwin } = (await readNodeConfig(node)).config
    // In mode 0 EdgeCore is its own broker.
    const usesBroker = eventBus.enable.value && eventBus.mqttMode.value > 0
    return active === 'active' && usesBroker && deviceTwin.enable.value
  } catch {
    return false
  }
}

/** What the configuration of this node's broker adds to a test of it. */
export async function localAccess(
  target: Target,
): Promise<{ listeners: Target[]; deniedTopic: string | undefined }> {
  const node = localNode()
  const text = await readBrokerConfigText(node).catch(() => undefined)
  if (text === undefined) return { listeners: [], deniedTopic: undefined }
  const read = (path: string): Promise<string | undefined> => node.files.read(path).catch(() => undefined)
  const [ca, certificate] = await Promise.all([read(paths.brokerCa), read(paths.brokerCertificate)])
  const { listeners, files } = readMosquittoConf(text)
  const targets = listeners.map(({ port, address, tls, websockets }): Target => {
    const host = isWildcard(address) || address === '' ? (address === '::' ? '::1' : broker.host) : address
    // Devices can use other names than edgekit here; a certificate of the user's is for those.
    const anyName = certificate !== undefined && !isFor(new X509Certificate(certificate), host)
    return {
      host,
      port,
      login: target.login,
      ...(websockets && { websockets }),
      ...(tls && { tls: { ...(ca && { ca }), ...(anyName && { anyName: true as const }) } }),
    }
  })
  return {
    listeners: targets.filter(({ host, port }) => host !== target.host || port !== target.port),
    // `#`, which EdgeCore's user may use, does not include it.
    deniedTopic: files.some(({ option }) => option === 'acl_file') ? '$edgekit/denied' : undefined,
  }
}
