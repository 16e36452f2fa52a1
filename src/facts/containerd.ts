import type { ContainerdImage } from '../node/containerd/containerd.ts'
import type { Plugin, Snapshot, Task } from '../node/containerd/containerd-api.ts'
import type { Collector } from './collector.ts'

export interface ContainerdFacts {
  /** The socket of this containerd. */
  socket: string
  /** If false, everything below is empty. */
  answers: boolean
  /** It accepts connections without answering: it is stopped or stuck. */
  silent: boolean
  version: string
  images: ContainerdImage[]
  tasks: Task[]
  plugins: Plugin[]
  containers: string[]
  snapshots: Snapshot[]
}

export const containerd: Collector<ContainerdFacts> = {
  timeoutMs: 15_000,
  async collect({ containerd }) {
    const socket = await containerd.socket()
    const state = await containerd.state()
    const answers = state === 'answers'
    const silent = state === 'silent'
    if (!answers) {
      const none = { images: [], tasks: [], plugins: [], containers: [], snapshots: [] }
      return { socket, answers, silent, version: 'unknown', ...none }
    }
    const [version, images, tasks, plugins, containers, snapshots] = await Promise.all([
      containerd.version(),
      containerd.images(),
      containerd.tasks(),
      containerd.plugins(),
      containerd.containers(),
      containerd.snapshots(),
    ])
    const ids = containers.map(({ id }) => id)
    return { socket, answers, silent, version, images, tasks, plugins, containers: ids, snapshots }
  },
}
