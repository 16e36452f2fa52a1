import type { Files } from './files.ts'
import { parseMounts } from './storage.ts'

/** `hybrid`: version 1 has the controllers, and version 2 is mounted beside it for systemd. */
export type CgroupMode = 'v1' | 'v2' | 'hybrid' | 'none'

const root = '/sys/fs/cgroup'

/** How control groups are mounted (cgroups(7)), and the available controllers. */
export async function cgroupsOf(files: Files): Promise<{ mode: CgroupMode; controllers: string[] }> {
  const mounts = parseMounts((await files.read('/proc/self/mountinfo')) ?? '')
  const controllers = await files.read(`${root}/cgroup.controllers`)
  if (controllers !== undefined) return { mode: 'v2', controllers: controllers.trim().split(/\s+/) }
  const old = mounts.filter(({ type, mountPoint }) => type === 'cgroup' && mountPoint.startsWith(`${root}/`))
  const unified = mounts.some(({ type }) => type === 'cgroup2')
  const names = old.flatMap(({ mountPoint }) => mountPoint.slice(root.length + 1).split(','))
  return {
    mode: old.length === 0 ? 'none' : unified ? 'hybrid' : 'v1',
    controllers: names.filter(name => name !== 'systemd').toSorted(),
  }
}
