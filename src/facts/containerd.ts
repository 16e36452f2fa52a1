import type { ContainerdImage, Task } from '../node/containerd.ts'
import type { Collector } from './collector.ts'

export interface ContainerdFacts {
  /** The socket of the containerd that was looked at. */
  socket: string
  answers: boolean
  version: string
  images: ContainerdImage[]
  tasks: Task[]
}

export const containerd: Collector<ContainerdFacts> = {
  name: 'containerd',
  timeoutMs: 15_000,
  async collect({ containerd }) {
    const socket = await containerd.socket()
    if (!(await containerd.answers()))
      return { socket, answers: false, version: 'unknown', images: [], tasks: [] }
    const [version, images, tasks] = await Promise.all([
      containerd.version(),
      containerd.images(),
      containerd.tasks(),
    ])
    return { socket, answers: true, version, images, tasks }
  },
}
