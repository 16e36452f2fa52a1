import { parse } from 'smol-toml'

/** The settings of containerd that edgekit looks at. */
export interface ContainerdConfig {
  /** Directory of images and snapshots. */
  root: string
  disabledPlugins: string[]
  /** The pause image, which holds the network of each pod; empty when the CRI plugin has no settings. */
  sandboxImage: string
  /** Whether runc leaves control groups to systemd (slices) or creates them itself. */
  systemdCgroup: boolean
  cni: CniPaths
}

/** Where the CRI plugin looks for the network of pods. */
export interface CniPaths {
  /** Directory of CNI configurations. */
  configs: string
  /** Directories of CNI plugins. */
  plugins: string[]
}

const defaultRoot = '/var/lib/containerd'
const defaultCni = { configs: '/etc/cni/net.d', plugins: '/opt/cni/bin' }

type Table = Record<string, unknown>

const tableAt = (value: unknown, ...keys: string[]): Table =>
  keys.reduce<Table>((table, key) => {
    const next = table[key]
    return typeof next === 'object' && next !== null ? (next as Table) : {}
  }, value as Table)

const textsAt = (table: Table, key: string): string[] => {
  const value = table[key]
  return Array.isArray(value) ? value.map(String) : []
}

const textAt = (table: Table, key: string): string => {
  const value = table[key]
  return typeof value === 'string' ? value : ''
}

/**
 * Parse the output of `containerd config dump`. The settings of the CRI plugin are one table in containerd 1.4 to 1.7
 * and two in 2.x (docs/PLUGINS.md of each). Throws when the text is not TOML.
 */
export function parseContainerdConfig(text: string): ContainerdConfig {
  const config = parse(text)
  const plugins = tableAt(config, 'plugins')
  const old = tableAt(plugins, 'io.containerd.grpc.v1.cri')
  const runtime = tableAt(plugins, 'io.containerd.cri.v1.runtime')
  const runtimes = tableAt('containerd' in runtime ? runtime : old, 'containerd')
  const name = textAt(runtimes, 'default_runtime_name') || 'runc'
  const options = tableAt(runtimes, 'runtimes', name, 'options')
  return {
    root: textAt(config, 'root') || defaultRoot,
    disabledPlugins: textsAt(config, 'disabled_plugins'),
    sandboxImage:
      textAt(tableAt(plugins, 'io.containerd.cri.v1.images', 'pinned_images'), 'sandbox') ||
      textAt(old, 'sandbox_image'),
    systemdCgroup: options['SystemdCgroup'] === true || old['systemd_cgroup'] === true,
    cni: cniPaths('cni' in runtime ? tableAt(runtime, 'cni') : tableAt(old, 'cni')),
  }
}

/** containerd 2.1 and later has `bin_dirs` in place of `bin_dir`. */
function cniPaths(table: Table): CniPaths {
  const plugins = [textAt(table, 'bin_dir'), ...textsAt(table, 'bin_dirs')].filter(Boolean)
  return {
    configs: textAt(table, 'conf_dir') || defaultCni.configs,
    plugins: plugins.length > 0 ? plugins : [defaultCni.plugins],
  }
}
