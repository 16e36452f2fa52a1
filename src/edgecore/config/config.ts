import { tokenShape } from '../token-shape.ts'
import { boolSetting, intSetting, type Lookup, secretSetting, stringSetting } from './config-fields.ts'
import { readKeys } from './yaml-document.ts'

export type { ConfigValue } from './config-edit.ts'
export type { Setting } from './config-fields.ts'
export { patchEdgecoreConfig } from './config-patch.ts'
export { restoreKeys } from './config-restore.ts'
export { readKeys } from './yaml-document.ts'

/** The settings EdgeCore uses. Plain data; secrets only by their shape. */
export type EdgecoreConfig = ReturnType<typeof edgecoreConfigIn>

/**
 * Read edgecore.yaml with EdgeCore's defaults (KubeEdge v1.12 to v1.23, componentconfig v1alpha2 default.go; its decoder
 * ignores unknown keys, `kind` and `apiVersion`, and takes the last of duplicate keys). Throws EdgekitError with line and
 * column when the text is not YAML.
 */
export const readEdgecoreConfig = (text: string, name?: string) => edgecoreConfigIn(readKeys(text, name))

/** The same for a parsed file. */
export function edgecoreConfigIn(look: Lookup) {
  const bool = (path: string, fallback: boolean) => boolSetting(look, path, fallback)
  const string = (path: string, fallback = '') => stringSetting(look, path, fallback)
  const eventBus = 'modules.eventBus'
  const edged = 'modules.edged'
  const kubelet = `${edged}.tailoredKubeletConfig`
  const hub = 'modules.edgeHub'
  return {
    apiVersion: string('apiVersion', 'edgecore.config.kubeedge.io/v1alpha2'),
    edgecoreVersion: string('edgecoreVersion'),
    /** Paths set to null that EdgeCore dereferences: it panics at start (exit 2). */
    nullSections: fatalWhenNull.filter(path => look(path) === null),
    eventBus: {
      enable: bool(`${eventBus}.enable`, true),
      mqttMode: intSetting(look, `${eventBus}.mqttMode`, 2, [0, 2]),
      mqttServerExternal: string(`${eventBus}.mqttServerExternal`, 'tcp://127.0.0.1:1883'),
      mqttServerInternal: string(`${eventBus}.mqttServerInternal`, 'tcp://127.0.0.1:1884'),
      mqttSubClientID: string(`${eventBus}.mqttSubClientID`),
      mqttPubClientID: string(`${eventBus}.mqttPubClientID`),
      mqttUsername: string(`${eventBus}.mqttUsername`),
      mqttPassword: secretSetting(look, `${eventBus}.mqttPassword`),
      tls: {
        enable: bool(`${eventBus}.eventBusTLS.enable`, false),
        caFile: string(`${eventBus}.eventBusTLS.tlsMqttCAFile`, '/etc/kubeedge/ca/rootCA.crt'),
        certFile: string(`${eventBus}.eventBusTLS.tlsMqttCertFile`, '/etc/kubeedge/certs/server.crt'),
        privateKeyFile: string(
          `${eventBus}.eventBusTLS.tlsMqttPrivateKeyFile`,
          '/etc/kubeedge/certs/server.key',
        ),
      },
    },
    deviceTwin: {
      enable: bool('modules.deviceTwin.enable', true),
      /** A socket; in KubeEdge v1.23 and later, the directory for it. */
      dmiSockPath: string('modules.deviceTwin.dmiSockPath', '/etc/kubeedge/dmi.sock'),
    },
    edgeHub: {
      enable: bool(`${hub}.enable`, true),
      httpServer: string(`${hub}.httpServer`),
      token: tokenShape(string(`${hub}.token`).value),
      websocket: { enable: bool(`${hub}.websocket.enable`, true), server: string(`${hub}.websocket.server`) },
      quic: { enable: bool(`${hub}.quic.enable`, false), server: string(`${hub}.quic.server`) },
      tlsCaFile: string(`${hub}.tlsCaFile`, '/etc/kubeedge/ca/rootCA.crt'),
      tlsCertFile: string(`${hub}.tlsCertFile`, '/etc/kubeedge/certs/server.crt'),
      tlsPrivateKeyFile: string(`${hub}.tlsPrivateKeyFile`, '/etc/kubeedge/certs/server.key'),
    },
    edged: {
      enable: bool(`${edged}.enable`, true),
      /** Empty: the host name. */
      hostnameOverride: string(`${edged}.hostnameOverride`),
      nodeIP: string(`${edged}.nodeIP`),
      /** KubeEdge v1.15 and earlier; empty: Docker in v1.12, containerd later. */
      containerRuntime: string(`${edged}.containerRuntime`),
      /** KubeEdge v1.18 and later. */
      containerRuntimeEndpoint: string(`${kubelet}.containerRuntimeEndpoint`, defaultRuntimeEndpoint),
      /** Empty: containerRuntimeEndpoint. */
      imageServiceEndpoint: string(`${kubelet}.imageServiceEndpoint`),
      /** KubeEdge v1.17 and earlier. */
      remoteRuntimeEndpoint: string(`${edged}.remoteRuntimeEndpoint`, defaultRuntimeEndpoint),
      remoteImageEndpoint: string(`${edged}.remoteImageEndpoint`, defaultRuntimeEndpoint),
      cgroupDriver: string(`${kubelet}.cgroupDriver`, 'cgroupfs'),
      imageGCHighThresholdPercent: intSetting(look, `${kubelet}.imageGCHighThresholdPercent`, 85),
      imageGCLowThresholdPercent: intSetting(look, `${kubelet}.imageGCLowThresholdPercent`, 80),
      /** KubeEdge v1.22 and later: keeps a node that never joined running. */
      disableCSIVolumePlugin: bool(`${kubelet}.featureGates.DisableCSIVolumePlugin`, false),
    },
    metaServer: { enable: bool('modules.metaManager.metaServer.enable', false) },
    edgeStream: { enable: bool('modules.edgeStream.enable', false) },
    database: { dataSource: string('database.dataSource', '/var/lib/kubeedge/edgecore.db') },
  }
}

const defaultRuntimeEndpoint = 'unix:///run/containerd/containerd.sock'

/** eventBus and eventBusTLS were seen to panic; the others are pointers too. */
const fatalWhenNull = [
  'modules',
  'modules.eventBus',
  'modules.eventBus.eventBusTLS',
  'modules.deviceTwin',
  'modules.edgeHub',
  'modules.edged',
  'modules.metaManager',
]
