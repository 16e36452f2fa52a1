import { minorOf } from '../version.ts'
import type { ConfigValue } from './config-edit.ts'

/** Where CloudCore takes the nodes' connections. */
export interface CloudCore {
  /** A name or an address; IPv6 without brackets. */
  host: string
  port: number
}

export type CgroupDriver = 'cgroupfs' | 'systemd'

type Values = Record<string, ConfigValue>

/** `192.0.2.1:10000`, `[2001:db8::1]:10000`. */
const joined = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/**
 * How EdgeCore finds its cloud, with the ports `keadm join` uses (join_others.go, v1.12 to v1.23): certificates come
 * from port 10002, the tunnel of `kubectl logs` goes to 10004, everything else to the address itself, by QUIC or by
 * websocket. The one that is not used gets the port it has by default.
 */
export function cloudValues({ host, port }: CloudCore, { quic }: { quic: boolean }): Values {
  return {
    'modules.edgeHub.httpServer': `https://${joined(host, 10002)}`,
    'modules.edgeHub.websocket.server': joined(host, quic ? 10000 : port),
    ...(quic && { 'modules.edgeHub.quic.server': joined(host, port) }),
    'modules.edgeStream.server': joined(host, 10004),
  }
}

/**
 * How EdgeCore talks to the container runtime, under the keys its version reads: KubeEdge v1.18 moved the endpoint into
 * the kubelet's configuration (componentconfig v1alpha2 types.go), and v1.12 would look for Docker.
 */
export function runtimeValues(
  version: string,
  { endpoint, cgroupDriver }: { endpoint: string; cgroupDriver: CgroupDriver | undefined },
): Values {
  const minor = minorOf(version)
  const edged = 'modules.edged'
  const kubelet = `${edged}.tailoredKubeletConfig`
  return {
    ...(minor <= 13 && { [`${edged}.containerRuntime`]: 'remote' }),
    ...(minor <= 17
      ? { [`${edged}.remoteRuntimeEndpoint`]: endpoint, [`${edged}.remoteImageEndpoint`]: endpoint }
      : { [`${kubelet}.containerRuntimeEndpoint`]: endpoint, [`${kubelet}.imageServiceEndpoint`]: endpoint }),
    ...(cgroupDriver && { [`${kubelet}.cgroupDriver`]: cgroupDriver }),
  }
}

/**
 * What keeps EdgeCore up on a node that has not met its cloud yet; without it, it gives up half a minute after each
 * start. KubeEdge v1.22 and later know it; an earlier kubelet refuses a feature it does not know.
 */
export const unjoinedValues = (version: string): Values =>
  minorOf(version) >= 22
    ? { 'modules.edged.tailoredKubeletConfig.featureGates.DisableCSIVolumePlugin': true }
    : {}
