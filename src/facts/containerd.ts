import type { ContainerdImage, Task } from '../node/containerd.ts'
import type { Collector } from './collector.ts'

export interface ContainerdFacts {
  answers: boolean
  version: string
  images: ContainerdImage[]
  tasks: Task[]
}

export const containerd: Collector<ContainerdFacts> = {
  name: 'containerd',
  timeoutMs: 15_000,
  async collect({ containerd }) {
    if (!(await containerd.answers())) return { answers: false, version: 'unknown', images: [], tasks: [] }
    const [version, images, tasks] = await Promise.all([
      containerd.version(),
      containerd.images(),
      containerd.tasks(),
    ])
    return { answers: true, version, images, tasks }
  },
}
