import type { Files } from './files.ts'
import { parseMounts } from './storage.ts'

/** `hybrid`: version 1 has the controllers, and version 2 is mounted beside it for systemd. */
export type CgroupMode = 'v1' | 'v2' | 'hybrid' | 'none'

export interface Cgroups {
  mode: CgroupMode
  /** What the kernel offers, sorted. */
  controllers: string[]
  /**
   * Version 2: the kubelet's cgroup for all pods, and the controllers delegated to it; undefined when it does not exist,
   * as before the first start of EdgeCore.
   */
  pods: { path: string; controllers: string[] } | undefined
}

const root = '/sys/fs/cgroup'

/** With the cgroup driver cgroupfs and systemd. */
const podGroups = [`${root}/kubepods`, `${root}/kubepods.slice`]

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean).toSorted()

/** How control groups are mounted (cgroups(7)), and the available controllers. */
export async function cgroupsOf(files: Files): Promise<Cgroups> {
  const mounts = parseMounts((await files.read('/proc/self/mountinfo')) ?? '')
  const controllers = await files.read(`${root}/cgroup.controllers`)
  if (controllers !== undefined) {
    const groups = await Promise.all(
      podGroups.map(async path => ({ path, text: await files.read(`${path}/cgroup.controllers`) })),
    )
    const pods = groups.flatMap(({ path, text }) =>
      text === undefined ? [] : [{ path, controllers: words(text) }],
    )
    return { mode: 'v2', controllers: words(controllers), pods: pods[0] }
  }
  const old = mounts.filter(({ type, mountPoint }) => type === 'cgroup' && mountPoint.startsWith(`${root}/`))
  const unified = mounts.some(({ type }) => type === 'cgroup2')
  const names = old.flatMap(({ mountPoint }) => mountPoint.slice(root.length + 1).split(','))
  return {
    mode: old.length === 0 ? 'none' : unified ? 'hybrid' : 'v1',
    controllers: names.filter(name => name !== 'systemd').toSorted(),
    pods: undefined,
  }
}
