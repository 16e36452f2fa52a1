import { join } from 'node:path'
import type { CniPaths } from '../node/containerd/containerd-config.ts'
import type { Files } from '../node/files.ts'
import { programProblem } from './program-problem.ts'

/** The network configuration that containerd uses: the first in its directory. */
export interface CniFacts {
  file: string
  /** Why containerd cannot use it. */
  problem?: string
  /** The plugins it runs, by their types. */
  plugins: string[]
  /** Those that cannot run, and why. */
  unusable: { plugin: string; problem: string }[]
  /** Another directory that has all of those. */
  elsewhere?: string
}

/** Where the archive of the CNI project, Debian and Fedora put plugins. */
const usualDirectories = ['/opt/cni/bin', '/usr/lib/cni', '/usr/libexec/cni']

/** Returns undefined without a configuration. */
export async function cniOf(
  { configs, plugins: directories }: CniPaths,
  files: Files,
): Promise<CniFacts | undefined> {
  // In the order of go-cni (opts.go, loadFromConfDir), which ignores other names.
  const [file] = (await files.list(configs)).filter(name => /\.(conf|conflist|json)$/.test(name)).toSorted()
  if (file === undefined) return undefined
  const plugins = pluginsIn((await files.read(join(configs, file))) ?? '')
  if (!plugins) return { file, problem: 'not a CNI configuration', plugins: [], unusable: [] }
  const problems = await Promise.all(plugins.map(plugin => problemOf(plugin, directories, files)))
  const unusable = plugins.flatMap((plugin, index) => {
    const problem = problems[index]
    return problem === undefined ? [] : [{ plugin, problem }]
  })
  const elsewhere = unusable.length > 0 && (await directoryWith(unusable, directories, files))
  return { file, plugins, unusable, ...(elsewhere && { elsewhere }) }
}

async function directoryWith(
  unusable: CniFacts['unusable'],
  directories: readonly string[],
  files: Files,
): Promise<string | undefined> {
  for (const directory of usualDirectories.filter(name => !directories.includes(name))) {
    const problems = await Promise.all(unusable.map(({ plugin }) => problemOf(plugin, [directory], files)))
    if (problems.every(problem => problem === undefined)) return directory
  }
  return undefined
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Undefined for what is no configuration (github.com/containernetworking/cni, SPEC.md). */
function pluginsIn(text: string): string[] | undefined {
  let config: unknown
  try {
    config = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isTable(config)) return undefined
  const networks = Array.isArray(config['plugins']) ? config['plugins'].filter(isTable) : [config]
  const types = networks.flatMap(typesIn)
  // containerd adds the loopback interface to every pod itself.
  return types.length === 0 ? undefined : [...new Set([...types, 'loopback'])].toSorted()
}

function typesIn({ type, ipam, delegate }: Record<string, unknown>): string[] {
  if (typeof type !== 'string') return []
  const manager = isTable(ipam) && typeof ipam['type'] === 'string' ? [ipam['type']] : []
  // flannel writes the configuration of another plugin and runs that: bridge with host-local by default.
  const others =
    type === 'flannel'
      ? typesIn({ type: 'bridge', ipam: { type: 'host-local' }, ...(isTable(delegate) && delegate) })
      : []
  return [type, ...manager, ...others]
}

async function problemOf(
  plugin: string,
  directories: readonly string[],
  files: Files,
): Promise<string | undefined> {
  for (const directory of directories) {
    const path = join(directory, plugin)
    if (await files.status(path)) return programProblem(path, files)
  }
  return `not in ${directories.join(' or ')}`
}
