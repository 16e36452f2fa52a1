import type { ContainerdImage } from '../node/containerd/containerd.ts'
import type { Plugin, Snapshot, Task } from '../node/containerd/containerd-api.ts'
import type { Collector } from './collector.ts'

export interface ContainerdFacts {
  /** The socket of the containerd that was looked at. */
  socket: string
  /** If not, nothing below is known, and all of it is empty. */
  answers: boolean
  /** It accepts connections and says nothing: it is stopped or stuck. */
  silent: boolean
  version: string
  images: ContainerdImage[]
  tasks: Task[]
  plugins: Plugin[]
  containers: string[]
  snapshots: Snapshot[]
}

export const containerd: Collector<ContainerdFacts> = {
  name: 'containerd',
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
