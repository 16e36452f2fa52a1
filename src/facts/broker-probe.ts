import { readLocalLogin } from '../broker/access/local-login.ts'
import type { BrokerEndpoint } from '../broker/connect.ts'
import { probeBroker } from '../broker/probe.ts'
import type { ProbeResult } from '../broker/probe-result.ts'
import type { EdgecoreConfig } from '../edgecore/config/config.ts'
import type { Node } from '../node/node.ts'
import { broker } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { readNodeConfig } from './edgecore-config.ts'
import { machineOf } from './machine.ts'
import { requireOwnBroker } from './own-broker.ts'

/** Connects to the broker as EdgeCore does and sends messages to itself. */
export const brokerProbe: Collector<ProbeResult> = {
  timeoutMs: 10_000,
  async collect(node) {
    const { endpoint, nodeName } = await localBroker(node)
    return probeBroker(endpoint, { nodeName })
  },
}

/**
 * This node's broker, as EdgeCore reaches it, and the name under which EdgeCore registers the node. Throws EdgekitError
 * (broker-unreachable) when another program would get EdgeCore's password.
 */
export async function localBroker(node: Node): Promise<{ endpoint: BrokerEndpoint; nodeName: string }> {
  const { exists, config, login } = await readNodeConfig(node)
  const { hostName } = await machineOf(node)
  const endpoint = {
    ...(await endpointOf(config, node)),
    // Without EdgeCore (--no-edgecore) its user is only in edgekit's own file, which other users cannot read.
    login: exists ? login : await readLocalLogin(node.files).catch(() => undefined),
  }
  if (endpoint.login && !endpoint.tls) await requireOwnBroker(node)
  return {
    endpoint,
    nodeName: config.edged.hostnameOverride.value || hostName.toLowerCase(),
  }
}

/** EdgeCore's endpoint when that is TLS on this node; other hosts and malformed addresses have checks of their own. */
async function endpointOf({ eventBus }: EdgecoreConfig, { files }: Node): Promise<BrokerEndpoint> {
  const secure = /^(?:ssl|tls|tcps):\/\/(127\.[\d.]+|localhost):(\d+)$/.exec(
    eventBus.mqttServerExternal.value,
  )
  if (!secure || !eventBus.tls.enable.value) return broker
  const read = (path: string) => files.read(path).catch(() => undefined)
  const [ca, cert, key] = await Promise.all([
    read(eventBus.tls.caFile.value),
    read(eventBus.tls.certFile.value),
    read(eventBus.tls.privateKeyFile.value),
  ])
  return {
    host: secure[1] ?? broker.host,
    port: Number(secure[2]),
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  }
}
