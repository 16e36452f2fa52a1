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
    root: textAt(config, 'root') || '/var/lib/containerd',
    disabledPlugins: Array.isArray(disabled) ? disabled.map(String) : [],
    sandboxImage:
      textAt(tableAt(plugins, 'io.containerd.cri.v1.images', 'pinned_images'), 'sandbox') ||
      textAt(old, 'sandbox_image'),
    systemdCgroup: options['SystemdCgroup'] === true || old['systemd_cgroup'] === true,
    cniConfigs:
      textAt(tableAt(runtime, 'cni'), 'conf_dir') ||
      textAt(tableAt(old, 'cni'), 'conf_dir') ||
      '/etc/cni/net.d',
  }
}
