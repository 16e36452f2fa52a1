import { hostPort } from '../../lib/format.ts'
import { minorOf } from '../version.ts'
import type { EdgecoreConfig } from './config.ts'
import type { ConfigValue } from './config-edit.ts'

/** The address of CloudCore. */
export interface CloudCore {
  /** Host name or IP address; IPv6 without brackets. */
  host: string
  port: number
}

export type CgroupDriver = 'cgroupfs' | 'systemd'

type Values = Record<string, ConfigValue>

/**
 * The cloud's addresses, with the ports of `keadm join` (join_others.go, v1.12 to v1.23): certificates from port 10002, the
 * tunnel of `kubectl logs` to 10004, everything else to the given port, over QUIC or a websocket. The unused one of the two
 * keeps its default port.
 */
export function cloudValues({ host, port }: CloudCore, { quic }: { quic: boolean }): Values {
  return {
    'modules.edgeHub.httpServer': `https://${hostPort(host, 10002)}`,
    'modules.edgeHub.websocket.server': hostPort(host, quic ? 10000 : port),
    ...(quic && { 'modules.edgeHub.quic.server': hostPort(host, port) }),
    'modules.edgeStream.server': hostPort(host, 10004),
  }
}

/**
 * The container runtime, under the keys that this version reads: KubeEdge v1.18 moved the endpoint into the kubelet's
 * configuration (componentconfig v1alpha2 types.go). Up to v1.15 they need `remote`: v1.12 defaults to Docker, and v1.14 and
 * v1.15 exit on `docker`, which a file of v1.12 may still have.
 */
export function runtimeValues(
  version: string,
  { endpoint, cgroupDriver }: { endpoint: string; cgroupDriver: CgroupDriver | undefined },
): Values {
  const minor = minorOf(version)
  const edged = 'modules.edged'
  const kubelet = `${edged}.tailoredKubeletConfig`
  return {
    ...(minor <= 15 && { [`${edged}.containerRuntime`]: 'remote' }),
    ...(minor <= 17
      ? { [`${edged}.remoteRuntimeEndpoint`]: endpoint, [`${edged}.remoteImageEndpoint`]: endpoint }
      : { [`${kubelet}.containerRuntimeEndpoint`]: endpoint, [`${kubelet}.imageServiceEndpoint`]: endpoint }),
    ...(cgroupDriver && { [`${kubelet}.cgroupDriver`]: cgroupDriver }),
  }
}

/**
 * The socket of DeviceTwin where a file of KubeEdge v1.23 names only its directory: earlier ones try to delete that, and exit
 * (v1.22.2: `failed to remove uds socket`).
 */
export const socketValues = (version: string, { deviceTwin: { dmiSockPath } }: EdgecoreConfig): Values =>
  minorOf(version) < 23 && dmiSockPath.value.endsWith('/')
    ? { 'modules.deviceTwin.dmiSockPath': `${dmiSockPath.value}dmi.sock` }
    : {}

/**
 * Keeps EdgeCore running on a node that has not joined; otherwise it exits half a minute after each start. KubeEdge v1.22
 * and later; earlier kubelets reject the unknown feature gate.
 */
export const unjoinedValues = (version: string): Values =>
  minorOf(version) >= 22
    ? { 'modules.edged.tailoredKubeletConfig.featureGates.DisableCSIVolumePlugin': true }
    : {}
