import type { Kept } from '../../actions/removal.ts'
import type { ContainerdContainer } from '../../node/containerd/containerd-api.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import { isUnknown } from '../../node/systemd.ts'

/** The labels of containerd's CRI plugin (pkg/cri/labels, 1.6). */
const podOf = ({ labels }: ContainerdContainer): string | undefined => {
  const [namespace, name] = ['namespace', 'name'].map(part => labels[`io.kubernetes.pod.${part}`])
  return namespace !== undefined && name !== undefined ? `${namespace}/${name}` : undefined
}

/** The pods whose containers run on although their EdgeCore is gone: nothing restarts, updates or deletes them. */
export async function runningPods(
  containers: readonly ContainerdContainer[],
  { containerd, systemd }: Node,
): Promise<Kept[]> {
  if (containers.length === 0 || !isUnknown(await systemd.unit(units.edgecore))) return []
  const tasks = await containerd.tasks()
  const running = containers.filter(({ id }) =>
    tasks.some(({ container, status }) => container === id && status === 'RUNNING'),
  )
  const pods = new Set(running.map(podOf).filter(pod => pod !== undefined))
  return [...pods].map(pod => ({ what: `pod ${pod}`, why: 'runs on until a reboot, without EdgeCore' }))
}
