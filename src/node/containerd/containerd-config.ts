import { parse } from 'smol-toml'

/** What containerd is set to, with its defaults filled in. */
export interface ContainerdConfig {
  /** Where it keeps images and snapshots. */
  root: string
  disabledPlugins: string[]
  /** The image that holds the network of each pod; empty when the CRI plugin has no settings. */
  sandboxImage: string
  /** Does runc put containers into slices of systemd (`true`) or make the groups itself? */
  systemdCgroup: boolean
  /** Directory of the network configurations for pods. */
  cniConfigs: string
}

const usualRoot = '/var/lib/containerd'
const usualCniConfigs = '/etc/cni/net.d'

type Table = Record<string, unknown>

const tableAt = (value: unknown, ...keys: string[]): Table =>
  keys.reduce<Table>((table, key) => {
    const next = table[key]
    return typeof next === 'object' && next !== null ? (next as Table) : {}
  }, value as Table)

const textAt = (table: Table, key: string): string => {
  const value = table[key]
  return typeof value === 'string' ? value : ''
}

/**
 * Read what `containerd config dump` prints. The CRI plugin is one table in containerd 1.4 to 1.7 and two in 2.x
 * (docs/PLUGINS.md of each). Throws when it is not TOML.
 */
export function parseContainerdConfig(text: string): ContainerdConfig {
  const config = parse(text)
  const plugins = tableAt(config, 'plugins')
  const old = tableAt(plugins, 'io.containerd.grpc.v1.cri')
  const runtime = tableAt(plugins, 'io.containerd.cri.v1.runtime')
  const runtimes = tableAt('containerd' in runtime ? runtime : old, 'containerd')
  const name = textAt(runtimes, 'default_runtime_name') || 'runc'
  const options = tableAt(runtimes, 'runtimes', name, 'options')
  const disabled = config['disabled_plugins']
  return {
    root: textAt(config, 'root') || usualRoot,
    disabledPlugins: Array.isArray(disabled) ? disabled.map(String) : [],
    sandboxImage:
      textAt(tableAt(plugins, 'io.containerd.cri.v1.images', 'pinned_images'), 'sandbox') ||
      textAt(old, 'sandbox_image'),
    systemdCgroup: options['SystemdCgroup'] === true || old['systemd_cgroup'] === true,
    cniConfigs:
      textAt(tableAt(runtime, 'cni'), 'conf_dir') ||
      textAt(tableAt(old, 'cni'), 'conf_dir') ||
      usualCniConfigs,
  }
}

/**
 * Read what the CRI plugin says it runs with (`info.config` of runtime.v1 Status, JSON; containerd 1.6 and 1.7).
 * Undefined when it names no sandbox image, as in 2.x, where that is another plugin's.
 */
export function parseCriConfig(text: string): ContainerdConfig | undefined {
  const config = JSON.parse(text) as Table
  const sandboxImage = textAt(config, 'sandboxImage')
  if (sandboxImage === '') return undefined
  const name = textAt(tableAt(config, 'containerd'), 'defaultRuntimeName') || 'runc'
  const options = tableAt(config, 'containerd', 'runtimes', name, 'options')
  return {
    root: textAt(config, 'containerdRootDir') || usualRoot,
    // It is not, or it would not have answered; nobody asks for others.
    disabledPlugins: [],
    sandboxImage,
    systemdCgroup: options['SystemdCgroup'] === true || config['systemdCgroup'] === true,
    cniConfigs: textAt(tableAt(config, 'cni'), 'confDir') || usualCniConfigs,
  }
}
