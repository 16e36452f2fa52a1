import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { parse, stringify } from 'yaml'
import { exit, exitWithList, nilPanic, warning } from './klog.ts'
import { isNewer, version } from './version.ts'

/** A map of the configuration file. */
export type Section = Record<string, unknown>

/** The effective configuration, with the defaults of KubeEdge v1.22 and v1.23 (v1alpha2 default.go). */
export interface Config {
  file: string
  nodeName: string
  nodeIP: string
  modules: Record<
    | 'deviceTwin'
    | 'edged'
    | 'edgeHub'
    | 'eventBus'
    | 'metaManager'
    | 'serviceBus'
    | 'edgeStream'
    | 'taskManager'
    | 'dbTest',
    Section
  >
  database: Section
}

/** A scalar as text; empty for anything else. */
export const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

const certificates = {
  tlsCaFile: '/etc/kubeedge/ca/rootCA.crt',
  tlsCertFile: '/etc/kubeedge/certs/server.crt',
  tlsPrivateKeyFile: '/etc/kubeedge/certs/server.key',
}
const deadlines = { handshakeTimeout: 30, readDeadline: 15, writeDeadline: 15 }

const defaults = {
  database: { aliasName: 'default', dataSource: '/var/lib/kubeedge/edgecore.db', driverName: 'sqlite3' },
  modules: {
    dbTest: { enable: false },
    deviceTwin: { dmiSockPath: isNewer ? '/etc/kubeedge/' : '/etc/kubeedge/dmi.sock', enable: true },
    edgeHub: {
      ...certificates,
      enable: true,
      heartbeat: 15,
      httpServer: 'https://127.0.0.1:10002',
      messageBurst: 60,
      messageQPS: 30,
      projectID: 'e632aba927ea4ac2b575ec1603d56f10',
      quic: { ...deadlines, enable: false, server: '127.0.0.1:10001' },
      rotateCertificates: true,
      token: '',
      websocket: { ...deadlines, enable: true, server: '127.0.0.1:10000' },
    },
    edgeStream: {
      ...deadlines,
      enable: false,
      server: '127.0.0.1:10004',
      tlsTunnelCAFile: certificates.tlsCaFile,
      tlsTunnelCertFile: certificates.tlsCertFile,
      tlsTunnelPrivateKeyFile: certificates.tlsPrivateKeyFile,
    },
    edged: {
      enable: true,
      hostnameOverride: '',
      maxPerPodContainerCount: 1,
      minimumGCAge: '0s',
      nodeIP: '',
      podSandboxImage: 'kubeedge/pause:3.6',
      registerNodeNamespace: 'default',
      registerSchedulable: true,
      rootDirectory: '/var/lib/kubelet',
      tailoredKubeletConfig: {
        cgroupDriver: 'cgroupfs',
        clusterDNS: ['169.254.96.16'],
        containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
        evictionHard: { 'imagefs.available': '15%', 'memory.available': '100Mi' },
        readOnlyPort: 10350,
      },
    },
    eventBus: {
      enable: true,
      eventBusTLS: {
        enable: false,
        tlsMqttCAFile: certificates.tlsCaFile,
        tlsMqttCertFile: certificates.tlsCertFile,
        tlsMqttPrivateKeyFile: certificates.tlsPrivateKeyFile,
      },
      mqttMode: 2,
      mqttPassword: '',
      mqttPubClientID: '',
      mqttQOS: 0,
      mqttRetain: false,
      mqttServerExternal: 'tcp://127.0.0.1:1883',
      mqttServerInternal: 'tcp://127.0.0.1:1884',
      mqttSessionQueueSize: 100,
      mqttSubClientID: '',
      mqttUsername: '',
    },
    metaManager: {
      contextSendGroup: 'hub',
      contextSendModule: 'websocket',
      enable: true,
      metaServer: { enable: false },
      remoteQueryTimeout: 60,
    },
    serviceBus: { enable: false, port: 9060, server: '127.0.0.1', timeout: 60 },
    taskManager: { enable: false },
  },
}

/** What `--defaultconfig` prints. */
export const defaultConfig = (): string =>
  toYaml({ apiVersion: 'edgecore.config.kubeedge.io/v1alpha2', kind: 'EdgeCore', ...defaults })

const toYaml = (content: unknown): string =>
  stringify(content, {
    aliasDuplicateObjects: false,
    indentSeq: false,
    lineWidth: 0,
    sortMapEntries: true,
    version: '1.1',
  })

/** Read and validate the file like EdgeCore: leniently, with its exits and panics. */
export function loadConfig(file: string): Config {
  if (!existsSync(file)) {
    exitWithList('server.go:66', [
      `config: Required value: config file ${file} not exist. For the configuration file format, please refer to --minconfig and --defaultconfig command`,
    ])
  }
  const written = read(file)
  const merged = merge(defaults, written) as { modules: Config['modules'] | null; database: Section }
  const { modules } = merged
  if (!modules) nilPanic(validator)
  for (const name of ['eventBus', 'deviceTwin', 'edgeHub', 'edged', 'metaManager'] as const) {
    if (modules[name] === null) nilPanic(validator)
  }
  checkTypes(file, modules.eventBus, typesOfEventBus, 'modules.eventBus', 'EventBus')
  if (modules.edged['enable'] === true && modules.edged['nodeIP'] === '') {
    warning('validation.go:71', 'NodeIP is empty , use default ip which can connect to cloud.')
  }
  const mistakes = [...modeMistake(modules.eventBus), ...cgroupMistake(modules.edged)]
  if (mistakes.length > 0) exitWithList('server.go:99', mistakes)
  const nodeName = text(modules.edged['hostnameOverride']) || hostname().toLowerCase()
  return { file, nodeName, nodeIP: String(modules.edged['nodeIP']), modules, database: merged.database }
}

const validator =
  'github.com/kubeedge/api/apis/componentconfig/edgecore/v1alpha2/validation.ValidateEdgeCoreConfiguration'

function read(file: string): Section {
  try {
    return (parse(readFileSync(file, 'utf8'), { version: '1.1', uniqueKeys: false }) ?? {}) as Section
  } catch (cause) {
    const [reason] = String((cause as Error).message).split('\n')
    return exit(
      'server.go:71',
      `failed to unmarshal configfile ${file}, err: error converting YAML to JSON: yaml: ${reason}`,
    )
  }
}

/** An absent key, or null in place of a scalar, keeps its default; null in place of a section stays null. */
function merge(base: unknown, over: unknown): unknown {
  if (!isSection(base)) return over === undefined || over === null ? base : over
  if (over === undefined) return structuredClone(base)
  if (!isSection(over)) return over
  const keys = new Set([...Object.keys(base), ...Object.keys(over)])
  return Object.fromEntries([...keys].map(key => [key, merge(base[key], over[key])]))
}

const isSection = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const typesOfEventBus = {
  enable: 'bool',
  mqttMode: 'v1alpha2.MqttMode',
  mqttServerExternal: 'string',
} as const

function checkTypes(
  file: string,
  section: Section,
  types: Record<string, string>,
  path: string,
  struct: string,
): void {
  for (const [key, type] of Object.entries(types)) {
    const value = section[key]
    const wanted = type === 'bool' ? 'boolean' : type === 'string' ? 'string' : 'number'
    // sigs.k8s.io/yaml converts scalars to strings where Go expects a string.
    if (typeof value === wanted || (wanted === 'string' && !isSection(value) && !Array.isArray(value)))
      continue
    const was = isSection(value)
      ? 'object'
      : Array.isArray(value)
        ? 'array'
        : typeof value === 'boolean'
          ? 'bool'
          : typeof value
    const place = `Go struct field ${struct}.${path}.${key} of type ${type}`
    const reason = `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${was} into ${place}`
    exit('server.go:71', `failed to unmarshal configfile ${file}, err: ${reason}`)
  }
}

function modeMistake(eventBus: Section): string[] {
  const mode = Number(eventBus['mqttMode'])
  if (eventBus['enable'] !== true || (mode >= 0 && mode <= 2)) return []
  return [`Mode: Invalid value: ${mode}: Mode need in [0,2] range`]
}

function cgroupMistake(edged: Section): string[] {
  const driver = (edged['tailoredKubeletConfig'] as Section | null)?.['cgroupDriver']
  if (edged['enable'] !== true || driver === undefined || driver === 'cgroupfs' || driver === 'systemd')
    return []
  return [`CGroupDriver: Invalid value: "${text(driver)}": CGroupDriver value error`]
}

/** Rewrite the file like v1.21 and later do when another version wrote it. */
export function rewriteConfig(config: Config): void {
  if (read(config.file)['edgecoreVersion'] === version) return
  try {
    writeConfig(config)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason =
      code === 'EROFS' ? 'read-only file system' : code === 'EACCES' ? 'permission denied' : String(code)
    exit('server.go:117', `failed to update edgecore config file, err: open ${config.file}: ${reason}`)
  }
}

/** Rewrite the file without the token, if it had one, as v1.13 and later do once they have their certificate. */
export function emptyToken(config: Config): void {
  if (text(config.modules.edgeHub['token']) === '') return
  config.modules.edgeHub['token'] = ''
  writeConfig(config)
}

/**
 * Comments and key order are lost, defaults are written. EdgeCore also drops all unknown keys; the stand-in does so in eventBus
 * only.
 */
function writeConfig({ file, database, modules }: Config): void {
  const known = new Set(Object.keys(defaults.modules.eventBus))
  const eventBus = Object.fromEntries(Object.entries(modules.eventBus).filter(([key]) => known.has(key)))
  const content = { ...read(file), database, edgecoreVersion: version, modules: { ...modules, eventBus } }
  writeFileSync(file, toYaml(content))
}
