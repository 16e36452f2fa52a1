import type { ContainerdImage } from '../node/containerd/containerd.ts'
import type { ContainerdContainer, Plugin, Snapshot, Task } from '../node/containerd/containerd-api.ts'
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
  /** The containers of pods that run. */
  pods: PodContainer[]
  snapshots: Snapshot[]
}

export interface PodContainer {
  /** NAMESPACE/NAME. */
  pod: string
  container: string
}

export const containerd: Collector<ContainerdFacts> = {
  timeoutMs: 15_000,
  async collect({ containerd }) {
    const socket = await containerd.socket()
    const state = await containerd.state()
    const answers = state === 'answers'
    const silent = state === 'silent'
    if (!answers) {
      const none = { images: [], tasks: [], plugins: [], containers: [], pods: [], snapshots: [] }
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
    const pods = running(containers, tasks)
    return { socket, answers, silent, version, images, tasks, plugins, containers: ids, pods, snapshots }
  },
}

/** The CRI plugin of containerd labels the containers of a pod, and its sandbox, which is none of them. */
function running(containers: readonly ContainerdContainer[], tasks: readonly Task[]): PodContainer[] {
  const runs = new Set(tasks.filter(({ status }) => status === 'RUNNING').map(({ container }) => container))
  return containers.flatMap(({ id, labels }) => {
    const container = labels['io.kubernetes.container.name']
    if (container === undefined || !runs.has(id)) return []
    return [
      { pod: `${labels['io.kubernetes.pod.namespace']}/${labels['io.kubernetes.pod.name']}`, container },
    ]
  })
}
