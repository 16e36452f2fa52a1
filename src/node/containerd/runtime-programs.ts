import type { Files } from '../files.ts'
import type { Processes } from '../processes/processes.ts'
import { type ContainerdConfig, parseContainerdConfig } from './containerd-config.ts'
import type { CallGrpc } from './grpc.ts'
import { runningConfig } from './running-config.ts'

/** What containers run on, beside containerd's images and tasks. Only looks. */
export interface Runtime {
  /** Flags of `ctr images import` and `ctr run`, without their dashes. */
  ctrFlags(): Promise<{ import: string[]; run: string[] }>
  /** Labels of a container, which say to which pod it belongs. */
  containerLabels(id: string): Promise<Record<string, string>>
  /** As containerd would read its configuration now. */
  config(): Promise<ContainerdConfig>
  /** First line of what runc says of itself. */
  runcVersion(): Promise<string>
  /** Bytes of a blob in containerd's content store below `root`; undefined when it is not there. */
  blobSize(root: string, digest: string): Promise<number | undefined>
}

export const parseFlags = (help: string): string[] =>
  [...help.matchAll(/^\s+--([a-z][a-z-]*)/gm)].map(([, name = '']) => name)

export function localRuntime(
  processes: Processes,
  files: Files,
  socket: () => Promise<string>,
  call: CallGrpc,
): Runtime {
  const quick = 12_000
  const output = async (file: string, ...args: string[]): Promise<string> =>
    (await processes.run(file, args, { timeoutMs: quick })).stdout
  const ctr = async (...args: string[]): Promise<string> =>
    output('ctr', '--address', await socket(), '--namespace', 'k8s.io', ...args)
  return {
    async ctrFlags() {
      const [imports, run] = await Promise.all([
        output('ctr', 'images', 'import', '--help'),
        output('ctr', 'run', '--help'),
      ])
      return { import: parseFlags(imports), run: parseFlags(run) }
    },
    async containerLabels(id) {
      const info = JSON.parse(await ctr('containers', 'info', id)) as { Labels?: Record<string, string> }
      return info.Labels ?? {}
    },
    config: async () =>
      (await runningConfig(files, call)) ??
      parseContainerdConfig(await output('containerd', 'config', 'dump')),
    runcVersion: async () => (await output('runc', '--version')).split('\n')[0] ?? '',
    async blobSize(root, digest) {
      const path = `${root}/io.containerd.content.v1.content/blobs/${digest.replace(':', '/')}`
      return (await files.status(path))?.size
    },
  }
}
